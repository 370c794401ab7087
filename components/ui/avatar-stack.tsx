import { useTranslations } from "next-intl";
import { Avatar } from "./avatar.tsx";

interface AvatarStackProps {
  people: readonly { id: string; name: string }[];
  /** How many are shown. That there are more is said without a figure: lists carry only the first few people. */
  max?: number;
  size?: "sm" | "md";
}

/** A few people, overlapping; read out as one list of names. */
export function AvatarStack({ people, max = 4, size = "sm" }: AvatarStackProps) {
  const t = useTranslations("common");
  const shown = people.slice(0, max);
  const hasMore = people.length > shown.length;
  const names = shown.map((person) => person.name);
  if (hasMore) names.push(t("morePeople"));
  return (
    <span
      role="img"
      aria-label={names.join(", ")}
      title={names.join(", ")}
      className="inline-flex items-center -space-x-0.5"
    >
      {shown.map((person) => (
        <Avatar
          key={person.id}
          id={person.id}
          name={person.name}
          size={size}
          className="ring-surface ring-2"
        />
      ))}
      {hasMore && <span className="text-ink-muted pl-2 text-xs">+</span>}
    </span>
  );
}

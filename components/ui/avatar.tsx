import { cn } from "./cn.ts";

const colours = [
  "bg-person-1 text-person-1-ink",
  "bg-person-2 text-person-2-ink",
  "bg-person-3 text-person-3-ink",
  "bg-person-4 text-person-4-ink",
  "bg-person-5 text-person-5-ink",
  "bg-person-6 text-person-6-ink",
] as const;

const sizes = { sm: "size-6 text-[0.625rem]", md: "size-7 text-[0.6875rem]", lg: "size-10 text-base" };

/** First letters of the first and last word; of an address its first letter. */
export function initialsOf(name: string): string {
  const words = name.split("@", 1)[0]!.trim().split(/\s+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return letters.map((word) => [...word][0]!.toLocaleUpperCase()).join("") || "?";
}

function colourOf(id: string): string {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.codePointAt(0)!) >>> 0;
  return colours[sum % colours.length]!;
}

interface AvatarProps {
  name: string;
  /** Keeps a person's colour when their name changes; defaults to the name. */
  id?: string;
  size?: keyof typeof sizes;
  className?: string;
}

/** A person by initials. Decorative: the name stands beside it, or the group around it says it. */
export function Avatar({ name, id = name, size = "md", className }: AvatarProps) {
  return (
    <span
      aria-hidden
      className={cn(
        "inline-grid shrink-0 place-items-center rounded-full font-semibold tracking-tight select-none",
        sizes[size],
        colourOf(id),
        className,
      )}
    >
      {initialsOf(name)}
    </span>
  );
}

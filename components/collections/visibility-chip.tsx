"use client";
import { Building2, Globe, LockKeyhole, Users } from "lucide-react";
import { useTranslations } from "next-intl";
import { Badge } from "#components/ui/badge.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import type { Visibility } from "#lib/collections/values.ts";

export const visibilityIcons = { private: LockKeyhole, workspace: Building2, public: Globe };
const openingIcons = { ...visibilityIcons, onlyYou: LockKeyhole, added: Users };

type Opening = Pick<CollectionView, "visibility" | "isShared" | "isOwnWorkspace" | "owner">;

/** Who can open a collection, in a word and in a sentence. What is private is said to be so only where nobody else is in. */
export function useOpening({ visibility, isShared, isOwnWorkspace, owner }: Opening) {
  const t = useTranslations("collection.visibility");
  const key: Exclude<Visibility, "private"> | "onlyYou" | "added" =
    visibility !== "private" ? visibility : isShared ? "added" : "onlyYou";
  const values = { whose: isOwnWorkspace ? "own" : "other", owner: owner.name };
  return { Icon: openingIcons[key], label: t(`${key}.label`, values), text: t(`${key}.text`, values) };
}

/** Who can open a collection. */
export function VisibilityChip({ collection }: { collection: Opening }) {
  const { Icon, label, text } = useOpening(collection);
  return (
    <Tooltip label={text}>
      <span className="min-w-0">
        <Badge icon={<Icon aria-hidden />} className="max-w-full shrink">
          <span className="truncate">{label}</span>
        </Badge>
      </span>
    </Tooltip>
  );
}

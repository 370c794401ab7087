"use client";
import { MoreHorizontal } from "lucide-react";
import { useTranslations } from "next-intl";
import { lazyPart } from "#components/lazy-part.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { MenuButton } from "#components/ui/menu-button.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";

const Items = lazyPart(() =>
  import("./collection-menu-items.tsx").then((module) => module.CollectionMenuItems),
);

/** What its owner can do with a collection as a whole. */
export function CollectionMenu({ collection }: { collection: CollectionView }) {
  const t = useTranslations("collection");
  if (!collection.abilities.canDelete || collection.trashedAt) return null;
  return (
    <MenuButton
      trigger={<IconButton label={t("actions")} icon={<MoreHorizontal />} hasTooltip={false} />}
      load={Items.load}
    >
      {(trigger) => <Items trigger={trigger} collection={collection} />}
    </MenuButton>
  );
}

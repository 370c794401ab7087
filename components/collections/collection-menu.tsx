"use client";
import { MoreHorizontal } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { lazyPart } from "#components/lazy-part.tsx";
import { LazyTransferDialog } from "#components/ownership/lazy-transfer-dialog.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { MenuButton } from "#components/ui/menu-button.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";

const Items = lazyPart(() =>
  import("./collection-menu-items.tsx").then((module) => module.CollectionMenuItems),
);

/** What one can do with a collection as a whole. */
export function CollectionMenu({ collection }: { collection: CollectionView }) {
  const t = useTranslations("collection");
  const [isHandingOver, setHandingOver] = useState(false);
  if (collection.trashedAt) return null;
  return (
    <>
      <MenuButton
        trigger={<IconButton label={t("actions")} icon={<MoreHorizontal />} hasTooltip={false} />}
        load={Items.load}
      >
        {(trigger) => (
          <Items trigger={trigger} collection={collection} onHandOver={() => setHandingOver(true)} />
        )}
      </MenuButton>
      <LazyTransferDialog collection={collection} isOpen={isHandingOver} onOpenChange={setHandingOver} />
    </>
  );
}

"use client";
import { FolderInput, Settings2, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactElement } from "react";
import { DropdownMenu, MenuItem, MenuSeparator } from "#components/ui/dropdown-menu.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { useMoveToTrash } from "./use-move-to-trash.ts";

interface CollectionMenuItemsProps {
  trigger: ReactElement;
  collection: CollectionView;
  /** Opens what hands it over. */
  onHandOver: () => void;
}

/** The menu behind the button of a collection. */
export function CollectionMenuItems({ trigger, collection, onHandOver }: CollectionMenuItemsProps) {
  const t = useTranslations("collection");
  const moveToTrash = useMoveToTrash(collection);
  return (
    <DropdownMenu trigger={trigger}>
      <MenuItem asChild>
        <Link href={`/collections/${collection.id}/settings`}>
          <Settings2 aria-hidden />
          {t("settings")}
        </Link>
      </MenuItem>
      {collection.abilities.canDelete && (
        <>
          <MenuItem onSelect={onHandOver}>
            <FolderInput aria-hidden />
            {t("handOver")}
          </MenuItem>
          <MenuSeparator />
          <MenuItem isDangerous onSelect={() => void moveToTrash()}>
            <Trash2 aria-hidden />
            {t("toTrash")}
          </MenuItem>
        </>
      )}
    </DropdownMenu>
  );
}

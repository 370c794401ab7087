"use client";
import { FolderInput, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import type { ReactElement } from "react";
import { DropdownMenu, MenuItem, MenuSeparator } from "#components/ui/dropdown-menu.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { CollectionView } from "#lib/collections/schema.ts";
import { useCollectionFate } from "./queries.ts";

interface CollectionMenuItemsProps {
  trigger: ReactElement;
  collection: CollectionView;
  /** Opens what hands it over. */
  onHandOver: () => void;
}

/** The menu behind the button of a collection. */
export function CollectionMenuItems({ trigger, collection, onHandOver }: CollectionMenuItemsProps) {
  const t = useTranslations("collection");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const router = useRouter();
  const { mutateAsync: trash } = useCollectionFate("trash");
  const { mutateAsync: restore } = useCollectionFate("restore");
  const failed = (error: unknown) => notify.failed(textOf(error));
  /** The page is left once it is done: where that fails, one stays with what is still there. */
  async function moveToTrash() {
    try {
      await trash(collection);
    } catch (error) {
      return failed(error);
    }
    router.push("/");
    notify.done(t("trashed", { name: collection.name }), {
      undo: { label: common("undo"), onUndo: () => void restore(collection).catch(failed) },
    });
  }
  return (
    <DropdownMenu trigger={trigger}>
      <MenuItem onSelect={onHandOver}>
        <FolderInput aria-hidden />
        {t("handOver")}
      </MenuItem>
      <MenuSeparator />
      <MenuItem isDangerous onSelect={() => void moveToTrash()}>
        <Trash2 aria-hidden />
        {t("toTrash")}
      </MenuItem>
    </DropdownMenu>
  );
}

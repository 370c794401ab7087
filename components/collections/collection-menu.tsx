"use client";
import { MoreHorizontal, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { DropdownMenu, MenuItem } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { CollectionView } from "#lib/collections/schema.ts";
import { useCollectionFate } from "./queries.ts";

/** What its owner can do with a collection as a whole. */
export function CollectionMenu({ collection }: { collection: CollectionView }) {
  const t = useTranslations("collection");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const router = useRouter();
  const { mutateAsync: trash } = useCollectionFate("trash");
  const { mutateAsync: restore } = useCollectionFate("restore");
  if (!collection.abilities.canDelete || collection.trashedAt) return null;

  // awaited rather than by callbacks: this menu is gone with its page when the answers come
  async function moveToTrash() {
    router.push("/");
    try {
      await trash(collection);
      notify.done(t("trashed", { name: collection.name }), {
        undo: {
          label: common("undo"),
          onUndo: () => void restore(collection).catch((error: unknown) => notify.failed(textOf(error))),
        },
      });
    } catch (error) {
      notify.failed(textOf(error));
    }
  }
  return (
    <DropdownMenu trigger={<IconButton label={t("actions")} icon={<MoreHorizontal />} hasTooltip={false} />}>
      <MenuItem isDangerous onSelect={() => void moveToTrash()}>
        <Trash2 aria-hidden />
        {t("toTrash")}
      </MenuItem>
    </DropdownMenu>
  );
}

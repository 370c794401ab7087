"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { CollectionView } from "#lib/collections/schema.ts";
import { useCollectionFate } from "./queries.ts";

/**
 * Moves a collection to the trash from a page of its own, and offers to undo that. The page is left once it is done: where
 * that fails, one stays with what is still there.
 */
export function useMoveToTrash(collection: CollectionView): () => Promise<void> {
  const t = useTranslations("collection");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const router = useRouter();
  const { mutateAsync: trash } = useCollectionFate("trash");
  const { mutateAsync: restore } = useCollectionFate("restore");
  const failed = (error: unknown) => notify.failed(textOf(error));
  return async () => {
    try {
      await trash(collection);
    } catch (error) {
      return failed(error);
    }
    router.push("/");
    notify.done(t("trashed", { name: collection.name }), {
      undo: { label: common("undo"), onUndo: () => void restore(collection).catch(failed) },
    });
  };
}

"use client";
import { BookMarked } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCollectionFate } from "#components/collections/queries.ts";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { CollectionView } from "#lib/collections/schema.ts";
import { TrashRow } from "./trash-row.tsx";

export function TrashedCollectionRow({ collection }: { collection: CollectionView }) {
  const t = useTranslations("collection");
  const textOf = useErrorText();
  const { mutateAsync: restore } = useCollectionFate("restore");
  const { mutateAsync: remove } = useCollectionFate("delete");

  // awaited rather than by callbacks: the row is gone when the answer comes
  async function run(act: typeof restore, done: string) {
    try {
      await act(collection);
      notify.done(done);
    } catch (error) {
      notify.failed(textOf(error));
    }
  }
  const count = t("documentCount", { count: collection.documentCount });
  return (
    <TrashRow
      icon={<BookMarked aria-hidden className="size-5" strokeWidth={1.5} />}
      name={collection.name}
      facts={count}
      trashedAt={collection.trashedAt}
      deleteText={t("trash.deleteCollectionText", { count: collection.documentCount })}
      onRestore={() => void run(restore, t("trash.restored", { name: collection.name }))}
      onDelete={() => void run(remove, t("trash.deleted", { name: collection.name }))}
    />
  );
}

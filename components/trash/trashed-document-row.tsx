"use client";
import { useLocale, useTranslations } from "next-intl";
import { KindIcon } from "#components/documents/kind-icon.tsx";
import { useDocumentFate } from "#components/documents/queries.ts";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
import { formatBytes } from "#lib/i18n/format.ts";
import { TrashRow } from "./trash-row.tsx";

export function TrashedDocumentRow({ document }: { document: DocumentView }) {
  const t = useTranslations("collection.trash");
  const locale = useLocale();
  const textOf = useErrorText();
  const { mutateAsync: restore } = useDocumentFate("restore");
  const { mutateAsync: remove } = useDocumentFate("delete");
  const size = formatBytes(document.sizeBytes, locale);

  // awaited rather than by callbacks: the row is gone when the answer comes
  async function run(act: typeof restore, done: string) {
    const { error } = await act([document]);
    if (error) notify.failed(textOf(error));
    else notify.done(done);
  }
  return (
    <TrashRow
      icon={<KindIcon contentType={document.contentType} className="size-5" />}
      name={document.name}
      facts={size}
      trashedAt={document.trashedAt}
      deleteText={t("deleteDocumentText", { size })}
      onRestore={() => void run(restore, t("restored", { name: document.name }))}
      onDelete={() => void run(remove, t("deleted", { name: document.name }))}
    />
  );
}

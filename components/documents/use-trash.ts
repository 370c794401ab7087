"use client";
import { useTranslations } from "next-intl";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
import { useDocumentFate } from "./queries.ts";

/** Moves documents to the trash and offers to take it back; says which ones could not be moved. */
export function useTrash(): (documents: DocumentView[]) => void {
  const t = useTranslations("document");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const { mutate: trash } = useDocumentFate("trash");
  const { mutate: restore } = useDocumentFate("restore");
  return (documents) =>
    trash(documents, {
      onSuccess: ({ done, failed, error }) => {
        if (failed.length > 0) {
          notify.failed(
            t("trashFailed", { count: failed.length, name: failed[0]!.name, reason: textOf(error) }),
          );
        }
        if (done.length === 0) return;
        notify.done(t("trashed", { count: done.length, name: done[0]!.name }), {
          undo: {
            label: common("undo"),
            onUndo: () =>
              restore(done, {
                onSuccess: (undone) => {
                  if (undone.error) notify.failed(textOf(undone.error));
                },
              }),
          },
        });
      },
    });
}

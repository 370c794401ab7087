"use client";
import { useTranslations } from "next-intl";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
import { useDocumentFate } from "./queries.ts";

/**
 * Moves documents to the trash and offers to take it back; says which ones could not be moved, and answers with those that
 * were. What is said does not depend on the page that asked: it may be left before the answer comes.
 */
export function useTrash(): (documents: DocumentView[]) => Promise<DocumentView[]> {
  const t = useTranslations("document");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const { mutateAsync: trash } = useDocumentFate("trash");
  const { mutateAsync: restore } = useDocumentFate("restore");

  async function takeBack(documents: DocumentView[]) {
    const { error } = await restore(documents);
    if (error) notify.failed(textOf(error));
  }
  return async (documents) => {
    const { done, failed, error } = await trash(documents);
    const [lost] = failed;
    if (lost)
      notify.failed(t("trashFailed", { count: failed.length, name: lost.name, reason: textOf(error) }));
    const [first] = done;
    if (!first) return done;
    notify.done(t("trashed", { count: done.length, name: first.name }), {
      undo: { label: common("undo"), onUndo: () => void takeBack(done) },
    });
    return done;
  };
}

"use client";
import { useTranslations } from "next-intl";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
import { useMoveDocuments } from "./queries.ts";

interface Target {
  id: string;
  name: string;
}

/**
 * Moves documents to a collection and offers to take it back; says which stayed, and why. What is said does not depend on the
 * page that asked: it may be left before the answer comes.
 */
export function useMove(): (documents: DocumentView[], target: Target) => Promise<void> {
  const t = useTranslations("document.move");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const { mutateAsync } = useMoveDocuments();

  /** What went, after what stayed was told. */
  async function moved(documents: DocumentView[], collectionId: string): Promise<DocumentView[]> {
    const wanted = documents.filter((document) => document.collectionId !== collectionId);
    if (wanted.length === 0) return [];
    const { done, refused, error } = await mutateAsync({ documents: wanted, collectionId });
    const [first] = refused;
    if (first)
      notify.failed(
        t("refused", {
          count: refused.length,
          name: first.document.name,
          reason: first.reason ? t(`reasons.${first.reason}`) : textOf(error),
        }),
      );
    return done;
  }
  async function takeBack(documents: DocumentView[], from: string) {
    const places = Map.groupBy(documents, ({ collectionId }) => collectionId);
    for (const [place, some] of places)
      await moved(
        some.map((document) => ({ ...document, collectionId: from })),
        place,
      );
  }
  return async (documents, target) => {
    const done = await moved(documents, target.id);
    const [first] = done;
    if (!first) return;
    notify.done(t("done", { count: done.length, name: first.name, collection: target.name }), {
      undo: { label: common("undo"), onUndo: () => void takeBack(done, target.id) },
    });
  };
}

"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { documentQuery, downloadPath } from "./queries.ts";

/** Browsers drop downloads that start in the same instant. */
const gapMs = 350;

function start(id: string): void {
  const link = document.createElement("a");
  link.href = downloadPath(id);
  link.download = "";
  link.click();
}

/**
 * Saves documents as files, one after the other. A browser drops a download that is refused without a word, so each is asked
 * for first: what shows it then shows the refusal too, and all that were refused are told of together.
 */
export function useDownload(): (documents: readonly { id: string }[]) => Promise<void> {
  const client = useQueryClient();
  const t = useTranslations("document");
  const textOf = useErrorText();
  return async (documents) => {
    const refusals: unknown[] = [];
    for (const [index, { id }] of documents.entries()) {
      if (index > 0) await new Promise((resolve) => setTimeout(resolve, gapMs));
      try {
        await client.fetchQuery({ ...documentQuery(id), staleTime: 0 });
        start(id);
      } catch (error) {
        refusals.push(error);
      }
    }
    if (refusals.length === 0) return;
    const reason = textOf(refusals[0]);
    notify.failed(
      documents.length === 1 ? reason : t("downloadsRefused", { count: refusals.length, reason }),
    );
  };
}

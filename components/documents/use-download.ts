"use client";
import { useQueryClient } from "@tanstack/react-query";
import type { MouseEvent } from "react";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { downloadAll } from "./download-all.ts";
import { documentQuery } from "./queries.ts";

/**
 * For a link to a download: a browser drops one that is refused without a word, so the document is asked for first. What
 * shows the document then shows the refusal too.
 */
export function useDownload() {
  const client = useQueryClient();
  const textOf = useErrorText();
  return async (event: MouseEvent, { id }: { id: string }) => {
    // a new tab or a file beside this page is the browser's own
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    try {
      await client.fetchQuery({ ...documentQuery(id), staleTime: 0 });
      downloadAll([{ id }]);
    } catch (error) {
      notify.failed(textOf(error));
    }
  };
}

"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "#components/api-error.ts";
import { call } from "#components/call.ts";
import { getDocument } from "#lib/documents/api.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
import { fetchDocuments, showDocument } from "./queries.ts";

const intervalMs = 2000;
/** Documents beyond the first page are asked for one by one; more than this many wait for the next round. */
const maxSingleReads = 8;

/**
 * Follows the documents of a collection that are still being read, every 2 seconds until none is left.
 * One call for the newest page, where they nearly always are, however long the list has grown.
 */
export function useProcessing(collectionId: string, documents: readonly DocumentView[]): void {
  const client = useQueryClient();
  const waiting = documents.filter(({ status }) => status === "uploaded").map(({ id }) => id);
  useQuery({
    queryKey: ["documents", "processing", collectionId],
    enabled: waiting.length > 0,
    refetchInterval: intervalMs,
    staleTime: intervalMs,
    queryFn: async ({ signal }) => {
      const newest = await fetchDocuments({ scope: "live", collectionId }, null, signal);
      const seen = new Map(newest.items.map((document) => [document.id, document]));
      const others = waiting.filter((id) => !seen.has(id)).slice(0, maxSingleReads);
      const singles = await Promise.all(others.map((id) => readOne(id, signal)));
      for (const document of singles) if (document) seen.set(document.id, document);
      for (const id of waiting) {
        const document = seen.get(id);
        if (document) showDocument(client, document);
      }
      return Date.now();
    },
  });
}

/** Null when it is gone by now: the list will notice by itself. */
async function readOne(id: string, signal: AbortSignal): Promise<DocumentView | null> {
  try {
    return await call(getDocument, { params: { id }, signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

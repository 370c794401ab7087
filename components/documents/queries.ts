import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { invalidateKinds } from "#components/invalidate.ts";
import { mapPages, type Pages, paging, takeOut } from "#components/list-pages.ts";
import {
  deleteDocument,
  downloadDocument,
  getContentUrl,
  getDocument,
  getThumbnail,
  listDocuments,
  listRecentDocuments,
  moveDocuments,
  restoreDocument,
  updateDocument,
} from "#lib/documents/api.ts";
import type {
  DocumentDetailView,
  DocumentView,
  ListDocumentsInput,
  MoveRefusal,
  UpdateDocumentInput,
} from "#lib/documents/schema.ts";
import { MOST_AT_ONCE } from "#lib/documents/values.ts";
import { addressOf } from "#lib/http/operation.ts";
import type { Page } from "#lib/http/schema.ts";

interface ListOf {
  scope: ListDocumentsInput["scope"];
  collectionId?: string;
}

export const documentListKey = ({ scope, collectionId }: ListOf) =>
  ["documents", "list", scope, collectionId ?? null] as const;
export const documentKey = (id: string) => ["documents", "detail", id] as const;

/** One page of a list, as the API gives it. */
export function fetchDocuments(
  { scope, collectionId }: ListOf,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<Page<DocumentView>> {
  return call(listDocuments, { query: { scope, collectionId, cursor }, signal });
}

export const documentListQuery = (list: ListOf) =>
  infiniteQueryOptions({
    queryKey: documentListKey(list),
    queryFn: ({ pageParam, signal }) => fetchDocuments(list, pageParam, signal),
    ...paging,
  });

/** What the reader opened, uploaded or changed last. One short page, kept as a list so that what changes shows there too. */
export const recentKey = ["documents", "list", "recent"] as const;
export const recentQuery = () =>
  infiniteQueryOptions({
    queryKey: recentKey,
    queryFn: ({ signal }) => call(listRecentDocuments, { signal }),
    ...paging,
  });

export const documentQuery = (id: string) =>
  queryOptions({
    queryKey: documentKey(id),
    queryFn: ({ signal }) => call(getDocument, { params: { id }, signal }),
    // access may have ended meanwhile
    refetchOnWindowFocus: "always",
    // while it is being read, its page count and thumbnail are about to appear
    refetchInterval: ({ state }) => (state.data?.status === "uploaded" ? 2000 : false),
  });

/** Changes every list in the cache that shows documents. Of the rest of a list nothing newer is known by that. */
export function changeLists(client: QueryClient, change: (items: DocumentView[]) => DocumentView[]): void {
  for (const [key] of client.getQueriesData<Pages<DocumentView>>({ queryKey: ["documents", "list"] }))
    client.setQueryData<Pages<DocumentView>>(key, (data) => (data ? mapPages(data, change) : data), {
      updatedAt: client.getQueryState(key)?.dataUpdatedAt,
    });
}

/** Puts a document's newest state everywhere it is shown. */
export function showDocument(client: QueryClient, document: DocumentView): void {
  client.setQueryData<DocumentDetailView>(documentKey(document.id), (known) =>
    known ? { ...known, ...document } : known,
  );
  changeLists(client, (items) =>
    items.map((item) => (item.id === document.id ? { ...item, ...document } : item)),
  );
}

/** A stale version is refused with `conflict`; nothing is changed then. */
export function useRenameDocument(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: UpdateDocumentInput) => call(updateDocument, { params: { id }, body: input }),
    onSuccess: (document) => showDocument(client, document),
  });
}

type Fate = "trash" | "restore" | "delete";
const calls: Record<Fate, (id: string) => Promise<unknown>> = {
  trash: (id) => call(deleteDocument, { params: { id } }),
  restore: (id) => call(restoreDocument, { params: { id } }),
  delete: (id) => call(deleteDocument, { params: { id }, query: { permanent: "true" } }),
};

/** How many of a batch were done, and the first error if any failed. */
export interface BatchOutcome {
  done: DocumentView[];
  failed: DocumentView[];
  error: unknown;
}

/**
 * Moves documents to the trash, back, or deletes them for good, a few at a time. The lists lose them at once;
 * what failed comes back.
 */
export function useDocumentFate(fate: Fate) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (documents: readonly DocumentView[]): Promise<BatchOutcome> => {
      const outcome: BatchOutcome = { done: [], failed: [], error: null };
      const waiting = [...documents];
      const work = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          try {
            await calls[fate](next.id);
            outcome.done.push(next);
          } catch (error) {
            outcome.failed.push(next);
            outcome.error ??= error;
          }
        }
      };
      await Promise.all([work(), work(), work(), work()]);
      return outcome;
    },
    onMutate: (documents) => takeOut(client, ["documents", "list"], documents),
    onSuccess: ({ failed }, _documents, putBack) => putBack(new Set(failed.map(({ id }) => id))),
    onSettled: (outcome) =>
      invalidateKinds(
        client,
        ["documents", "collections", "quota"],
        fate === "restore" ? [] : outcome?.done.map(({ id }) => id),
      ),
  });
}

/** What became of a move; without a reason the call itself failed, with `error`. */
interface Moved {
  done: DocumentView[];
  refused: { document: DocumentView; reason: MoveRefusal | null }[];
  error: unknown;
}

/** Moves documents, in calls of a bounded size. The lists they lie in lose them at once; what stays comes back. */
export function useMoveDocuments() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ documents, collectionId }: MoveOf): Promise<Moved> => {
      const known = new Map(documents.map((document) => [document.id, document]));
      const moved: Moved = { done: [], refused: [], error: null };
      for (let from = 0; from < documents.length; from += MOST_AT_ONCE) {
        const some = documents.slice(from, from + MOST_AT_ONCE);
        try {
          const documentIds = some.map(({ id }) => id);
          const answer = await call(moveDocuments, { body: { collectionId, documentIds } });
          moved.done.push(...answer.moved.flatMap((id) => known.get(id) ?? []));
          for (const { documentId, reason } of answer.refused) {
            const document = known.get(documentId);
            if (document) moved.refused.push({ document, reason });
          }
        } catch (error) {
          moved.error ??= error;
          moved.refused.push(...some.map((document) => ({ document, reason: null })));
        }
      }
      return moved;
    },
    onMutate: async ({ documents }) => {
      const places = Map.groupBy(documents, (document) => document.collectionId);
      return Promise.all(
        [...places].map(([collectionId, some]) =>
          takeOut(client, documentListKey({ scope: "live", collectionId }), some),
        ),
      );
    },
    onSuccess: ({ refused }, _moved, putBack) => {
      const ids = new Set(refused.map(({ document }) => document.id));
      for (const put of putBack) put(ids);
    },
    onSettled: () => invalidateKinds(client, ["documents", "collections"]),
  });
}
interface MoveOf {
  documents: readonly DocumentView[];
  collectionId: string;
}

/** A short-lived address the viewer reads the bytes from. */
export const fetchContentUrl = (id: string) => call(getContentUrl, { params: { id } });

/** For saving; `inline` for showing in place. */
export const downloadPath = (id: string, { inline }: { inline?: boolean } = {}) =>
  addressOf(downloadDocument, { params: { id }, query: { inline: inline ? "1" : null } });
export const thumbnailPath = (id: string) => addressOf(getThumbnail, { params: { id } });

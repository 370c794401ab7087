import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api } from "#components/api.ts";
import { mapPages, type Pages, paging } from "#components/list-pages.ts";
import type {
  DocumentDetailView,
  DocumentView,
  ListDocumentsInput,
  UpdateDocumentInput,
} from "#lib/documents/schema.ts";
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
  const search = new URLSearchParams({ scope });
  if (collectionId) search.set("collectionId", collectionId);
  if (cursor) search.set("cursor", cursor);
  return api(`/api/v1/documents?${search.toString()}`, { signal });
}

export const documentListQuery = (list: ListOf) =>
  infiniteQueryOptions({
    queryKey: documentListKey(list),
    queryFn: ({ pageParam, signal }) => fetchDocuments(list, pageParam, signal),
    ...paging,
  });

export const documentQuery = (id: string) =>
  queryOptions({
    queryKey: documentKey(id),
    queryFn: ({ signal }) => api<DocumentDetailView>(`/api/v1/documents/${id}`, { signal }),
    // access may have ended meanwhile
    refetchOnWindowFocus: "always",
    // while it is being read, its page count and thumbnail are about to appear
    refetchInterval: ({ state }) => (state.data?.status === "uploaded" ? 2000 : false),
  });

/** Changes every list in the cache that shows documents. */
export function changeLists(
  client: QueryClient,
  change: (items: DocumentView[]) => DocumentView[],
  filter: readonly unknown[] = [],
): void {
  client.setQueriesData<Pages<DocumentView>>({ queryKey: ["documents", "list", ...filter] }, (data) =>
    data ? mapPages(data, change) : data,
  );
}

/** Puts a document's newest state everywhere it is shown. */
export function showDocument(client: QueryClient, document: DocumentView): void {
  client.setQueryData<DocumentDetailView>(documentKey(document.id), (known) =>
    known ? { ...known, ...document } : known,
  );
  changeLists(client, (items) => items.map((item) => (item.id === document.id ? document : item)));
}

/** A stale version is refused with `conflict`; nothing is changed then. */
export function useRenameDocument(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: UpdateDocumentInput) =>
      api<DocumentView>(`/api/v1/documents/${id}`, { method: "PATCH", body: input }),
    onSuccess: (document) => showDocument(client, document),
  });
}

type Fate = "trash" | "restore" | "delete";
const calls: Record<Fate, (id: string) => Promise<unknown>> = {
  trash: (id) => api(`/api/v1/documents/${id}`, { method: "DELETE" }),
  restore: (id) => api(`/api/v1/documents/${id}/restore`, { method: "POST" }),
  delete: (id) => api(`/api/v1/documents/${id}?permanent=true`, { method: "DELETE" }),
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
    onMutate: async (documents) => {
      await client.cancelQueries({ queryKey: ["documents", "list"] });
      const ids = new Set(documents.map(({ id }) => id));
      changeLists(client, (items) => items.filter((item) => !ids.has(item.id)));
    },
    onSettled: (_outcome, _error, documents) => {
      // what is gone is not asked for again by a page that is just being left
      const ids = new Set<unknown>(documents.map(({ id }) => id));
      const predicate = ({ queryKey }: { queryKey: readonly unknown[] }) =>
        !queryKey.some((part) => ids.has(part));
      for (const queryKey of [["documents"], ["collections"], ["quota"]])
        void client.invalidateQueries({ queryKey, predicate });
    },
  });
}

/** A short-lived address the viewer reads the bytes from. */
export const fetchContentUrl = (id: string, signal?: AbortSignal) =>
  api<{ url: string; expiresAt: string }>(`/api/v1/documents/${id}/content-url`, { signal });

export const downloadPath = (id: string) => `/api/v1/documents/${id}/download`;
export const thumbnailPath = (id: string) => `/api/v1/documents/${id}/thumbnail`;

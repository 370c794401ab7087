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
  CollectionView,
  CreateCollectionInput,
  ListCollectionsInput,
  UpdateCollectionInput,
} from "#lib/collections/schema.ts";
import type { Page } from "#lib/http/schema.ts";

type Scope = ListCollectionsInput["scope"];

export const collectionListKey = (scope: Scope) => ["collections", "list", scope] as const;
export const collectionKey = (id: string) => ["collections", "detail", id] as const;

/** Collections of a scope, page by page, newest first. */
export const collectionListQuery = (scope: Scope) =>
  infiniteQueryOptions({
    queryKey: collectionListKey(scope),
    queryFn: ({ pageParam, signal }) =>
      api<Page<CollectionView>>(
        `/api/v1/collections?scope=${scope}${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ""}`,
        { signal },
      ),
    ...paging,
  });

export const collectionQuery = (id: string) =>
  queryOptions({
    queryKey: collectionKey(id),
    queryFn: ({ signal }) => api<CollectionView>(`/api/v1/collections/${id}`, { signal }),
    // access may have ended meanwhile
    refetchOnWindowFocus: "always",
  });

/** Puts a collection's newest state everywhere it is shown, then lets the lists catch up. */
export function showCollection(client: QueryClient, collection: CollectionView): void {
  client.setQueryData(collectionKey(collection.id), collection);
  void client.invalidateQueries({ queryKey: ["collections", "list"] });
}

export function useCreateCollection() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: CreateCollectionInput) =>
      api<CollectionView>("/api/v1/collections", { method: "POST", body: input }),
    onSuccess: (collection) => {
      showCollection(client, collection);
      void client.invalidateQueries({ queryKey: ["quota"] });
    },
  });
}

/** Renames or describes. A stale version is refused with `conflict`; nothing is changed then. */
export function useUpdateCollection(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: UpdateCollectionInput) =>
      api<CollectionView>(`/api/v1/collections/${id}`, { method: "PATCH", body: input }),
    onSuccess: (collection) => showCollection(client, collection),
  });
}

type Fate = "trash" | "restore" | "delete";
const calls: Record<Fate, (id: string) => Promise<unknown>> = {
  trash: (id) => api(`/api/v1/collections/${id}`, { method: "DELETE" }),
  restore: (id) => api(`/api/v1/collections/${id}/restore`, { method: "POST" }),
  delete: (id) => api(`/api/v1/collections/${id}?permanent=true`, { method: "DELETE" }),
};

/** Moves a collection to the trash, back, or deletes it for good. Lists lose it at once and get it back on failure. */
export function useCollectionFate(fate: Fate) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (collection: CollectionView) => calls[fate](collection.id),
    onMutate: async (collection) => {
      const queryKey = ["collections", "list"];
      await client.cancelQueries({ queryKey });
      const before = client.getQueriesData<Pages<CollectionView>>({ queryKey });
      for (const [key, data] of before) {
        if (!data || !("pages" in data)) continue;
        client.setQueryData(
          key,
          mapPages(data, (items) => items.filter(({ id }) => id !== collection.id)),
        );
      }
      return before;
    },
    onError: (_error, _collection, before) => {
      for (const [key, data] of before ?? []) client.setQueryData(key, data);
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["collections"] });
      void client.invalidateQueries({ queryKey: ["documents"] });
      void client.invalidateQueries({ queryKey: ["quota"] });
    },
  });
}

import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { invalidateKinds } from "#components/invalidate.ts";
import { paging, takeOut } from "#components/list-pages.ts";
import {
  createCollection,
  deleteCollection,
  getCollection,
  listCollections,
  restoreCollection,
  updateCollection,
} from "#lib/collections/api.ts";
import type {
  CollectionView,
  CreateCollectionInput,
  ListCollectionsInput,
  UpdateCollectionInput,
} from "#lib/collections/schema.ts";

type Scope = ListCollectionsInput["scope"];

export const collectionListKey = (scope: Scope) => ["collections", "list", scope] as const;
export const collectionKey = (id: string) => ["collections", "detail", id] as const;

/** Collections of a scope, page by page, newest first. */
export const collectionListQuery = (scope: Scope) =>
  infiniteQueryOptions({
    queryKey: collectionListKey(scope),
    queryFn: ({ pageParam, signal }) =>
      call(listCollections, { query: { scope, cursor: pageParam }, signal }),
    ...paging,
  });

/** Collections that documents may be put into, by a part of the name. */
export const writableQuery = (q: string) =>
  queryOptions({
    queryKey: ["collections", "writable", q],
    queryFn: ({ signal }) => call(listCollections, { query: { scope: "writable", q: q || null }, signal }),
    placeholderData: keepPreviousData,
  });

export const collectionQuery = (id: string) =>
  queryOptions({
    queryKey: collectionKey(id),
    queryFn: ({ signal }) => call(getCollection, { params: { id }, signal }),
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
    mutationFn: (input: CreateCollectionInput) => call(createCollection, { body: input }),
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
    mutationFn: (input: UpdateCollectionInput) => call(updateCollection, { params: { id }, body: input }),
    onSuccess: (collection) => showCollection(client, collection),
  });
}

type Fate = "trash" | "restore" | "delete";
const calls: Record<Fate, (id: string) => Promise<unknown>> = {
  trash: (id) => call(deleteCollection, { params: { id } }),
  restore: (id) => call(restoreCollection, { params: { id } }),
  delete: (id) => call(deleteCollection, { params: { id }, query: { permanent: "true" } }),
};

/** Moves a collection to the trash, back, or deletes it for good. Lists lose it at once and get it back on failure. */
export function useCollectionFate(fate: Fate) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (collection: CollectionView) => calls[fate](collection.id),
    onMutate: (collection) => takeOut(client, ["collections", "list"], [collection]),
    onError: (_error, _collection, putBack) => putBack?.(),
    onSettled: (_answer, error, { id }) =>
      invalidateKinds(client, ["collections", "documents", "quota"], fate === "restore" || error ? [] : [id]),
  });
}

import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type { CollectionView } from "#lib/collections/schema.ts";
import type { Page } from "#lib/http/schema.ts";
import type { QuotaView } from "#lib/quota/schema.ts";

/** What the reader uses and may use. Invalidate `["quota"]` after anything that adds or removes documents. */
export const quotaQuery = () =>
  queryOptions({
    queryKey: ["quota"],
    queryFn: ({ signal }) => api<QuotaView>("/api/v1/me/quota", { signal }),
  });

/** The reader's own collections, first page. Invalidate `["collections"]` after any change to one. */
export const ownedCollectionsQuery = () =>
  queryOptions({
    queryKey: ["collections", "list", "owned", "first"],
    queryFn: ({ signal }) => api<Page<CollectionView>>("/api/v1/collections?scope=owned", { signal }),
  });

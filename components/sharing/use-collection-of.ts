"use client";
import { useQuery } from "@tanstack/react-query";
import { collectionQuery } from "#components/collections/queries.ts";
import { documentQuery } from "#components/documents/queries.ts";
import type { CollectionView } from "#lib/collections/schema.ts";
import type { DocumentView } from "#lib/documents/schema.ts";

/**
 * The collection a document lies in, where the reader may see it. Only the document tells whether they may: asking for
 * a collection that is not shared with them would be refused.
 */
export function useCollectionOf(document: DocumentView | undefined): CollectionView | undefined {
  const detail = useQuery({ ...documentQuery(document?.id ?? ""), enabled: document !== undefined });
  const isSeen = Boolean(detail.data?.collection.name);
  return useQuery({ ...collectionQuery(document?.collectionId ?? ""), enabled: isSeen, retry: false }).data;
}

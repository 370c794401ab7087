"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { itemsOf } from "#components/list-pages.ts";
import type { DocumentDetailView, DocumentView } from "#lib/documents/schema.ts";
import { documentListQuery } from "./queries.ts";

/** A document this far down its collection has no neighbours until somebody scrolls there: no walk through thousands. */
const maxPages = 10;

/** The documents before and after one in its collection, in the order the collection shows them. */
export function useNeighbours({
  id,
  collectionId,
  collection,
}: Pick<DocumentDetailView, "id" | "collectionId" | "collection">): {
  previous: DocumentView | null;
  next: DocumentView | null;
} {
  // whoever was given the document alone is not told what its collection is called, nor what else lies there
  const isInside = collection.name !== "";
  const list = useInfiniteQuery({
    ...documentListQuery({ scope: "live", collectionId }),
    enabled: isInside,
  });
  const documents = itemsOf(list.data);
  const at = documents.findIndex((document) => document.id === id);
  const { hasNextPage, isFetching, fetchNextPage } = list;
  const isIncomplete =
    at < 0 ? (list.data?.pages.length ?? maxPages) < maxPages : at === documents.length - 1;
  useEffect(() => {
    if (isIncomplete && hasNextPage && !isFetching) void fetchNextPage();
  }, [isIncomplete, hasNextPage, isFetching, fetchNextPage]);
  if (at < 0) return { previous: null, next: null };
  return { previous: documents[at - 1] ?? null, next: documents[at + 1] ?? null };
}

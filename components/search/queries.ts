import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { paging } from "#components/list-pages.ts";
import { search } from "#lib/search/api.ts";
import type { SearchType } from "#lib/search/values.ts";

export interface Asked {
  q: string;
  type: SearchType | null;
  collectionId: string | null;
}

export const searchKey = ({ q, type, collectionId }: Asked) => ["search", q, type, collectionId] as const;

/** What is found, page by page. A new question ends the one before, whose results stay until it is answered. */
export const searchQuery = ({ q, type, collectionId }: Asked) =>
  infiniteQueryOptions({
    queryKey: searchKey({ q, type, collectionId }),
    queryFn: ({ pageParam, signal }) =>
      call(search, { query: { q, type, collectionId, cursor: pageParam }, signal }),
    ...paging,
    enabled: q !== "",
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    // old questions are not asked again
    gcTime: 60_000,
  });

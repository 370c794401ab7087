"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { itemsOf } from "#components/list-pages.ts";
import { type Asked, searchQuery } from "./queries.ts";

/** A text as it stands once no key was pressed for a moment; nothing at once. */
export function useSettled(text: string, delayMs: number): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), text === "" ? 0 : delayMs);
    return () => clearTimeout(timer);
  }, [text, delayMs]);
  return settled;
}

/** So many pages that end short are read on without being asked to. */
const MOST_SHORT_PAGES = 8;

/** What is found, at least so much of it that it is worth looking at. */
export function useSearch(asked: Asked, enough: number) {
  const query = useInfiniteQuery(searchQuery(asked));
  const { data, hasNextPage, isFetching, isError, isPlaceholderData, fetchNextPage } = query;
  const hits = asked.q === "" ? [] : itemsOf(data);
  const isShort =
    asked.q !== "" && hits.length < enough && hasNextPage && (data?.pages.length ?? 0) < MOST_SHORT_PAGES;
  const goesOn = isShort && !isFetching && !isError && !isPlaceholderData;
  useEffect(() => {
    if (goesOn) void fetchNextPage();
  }, [goesOn, fetchNextPage]);
  return {
    query,
    hits,
    isClose: data?.pages[0]?.isClose ?? false,
    /** There may be something that is not here yet. */
    isSearching: asked.q !== "" && (isFetching || goesOn),
    /** What is there belongs to an earlier question. */
    isOld: isPlaceholderData,
  };
}

import type { InfiniteData } from "@tanstack/react-query";
import type { Page } from "#lib/http/schema.ts";

/** What the cache holds of a list that is read page by page. */
export type Pages<Item> = InfiniteData<Page<Item>, unknown>;

/** The options that every paged list shares. */
export const paging = {
  initialPageParam: null as string | null,
  getNextPageParam: (last: Page<unknown>) => last.nextCursor,
};

export const itemsOf = <Item>(data: Pages<Item> | undefined): Item[] =>
  data?.pages.flatMap((page) => page.items) ?? [];

/** The same pages with each page's items changed. */
export const mapPages = <Item>(data: Pages<Item>, change: (items: Item[]) => Item[]): Pages<Item> => ({
  ...data,
  pages: data.pages.map((page) => ({ ...page, items: change(page.items) })),
});

/** The first page of a list as the server loaded it, in the shape the cache keeps. */
export const firstPage = <Item>(page: Page<Item>): Pages<Item> => ({ pages: [page], pageParams: [null] });

import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";
import type { Page } from "#lib/http/schema.ts";

/** What the cache holds of a list that is read page by page. */
export type Pages<Item> = InfiniteData<Page<Item>, unknown>;

/** The options that every paged list shares. */
export const paging: Paging = { initialPageParam: null, getNextPageParam: (last) => last.nextCursor };

interface Paging {
  initialPageParam: string | null;
  getNextPageParam: <Loaded extends Page<unknown>>(last: Loaded) => string | null;
}

export const itemsOf = <Item>(data: Pages<Item> | undefined): Item[] =>
  data?.pages.flatMap((page) => page.items) ?? [];

/** The same pages with each page's items changed. */
export const mapPages = <Item>(data: Pages<Item>, change: (items: Item[]) => Item[]): Pages<Item> => ({
  ...data,
  pages: data.pages.map((page) => ({ ...page, items: change(page.items) })),
});

/** The first page of a list as the server loaded it, in the shape the cache keeps. */
export const firstPage = <Item>(page: Page<Item>): Pages<Item> => ({ pages: [page], pageParams: [null] });

interface Identified {
  id: string;
}

/** The same pages with an item before another one, or at the end. */
function withBefore<Item extends Identified>(
  data: Pages<Item>,
  item: Item,
  next: string | undefined,
): Pages<Item> {
  const found = data.pages.findIndex((page) => page.items.some(({ id }) => id === next));
  const target = found < 0 ? data.pages.length - 1 : found;
  return {
    ...data,
    pages: data.pages.map((page, index) => {
      if (index !== target) return page;
      const at = page.items.findIndex(({ id }) => id === next);
      return { ...page, items: page.items.toSpliced(at < 0 ? page.items.length : at, 0, item) };
    }),
  };
}

/**
 * A list by descending id with one more item in its place, where the server will list it too. What comes after all that
 * is loaded is left to the page it will come with.
 */
export function withNewcomer<Item extends Identified>(data: Pages<Item>, item: Item): Pages<Item> {
  const items = itemsOf(data);
  if (items.some(({ id }) => id === item.id)) return data;
  const next = items.find(({ id }) => id < item.id)?.id;
  if (next === undefined && data.pages.at(-1)?.nextCursor) return data;
  return withBefore(data, item, next);
}

/** The list as it is now, with those of an earlier state that are missing and wanted back, each before what followed it. */
export function withReturned<Item extends Identified>(
  data: Pages<Item>,
  earlier: Pages<Item>,
  isBack: (item: Item) => boolean,
): Pages<Item> {
  const order = itemsOf(earlier);
  const present = new Set(itemsOf(data).map(({ id }) => id));
  let result = data;
  // from the last on, so that what followed is there again
  for (let at = order.length - 1; at >= 0; at--) {
    const item = order[at]!;
    if (present.has(item.id) || !isBack(item)) continue;
    const next = order.slice(at + 1).find(({ id }) => present.has(id));
    result = withBefore(result, item, next?.id);
    present.add(item.id);
  }
  return result;
}

/** Puts back those that the server did not take after all; without a choice all of them. */
export type PutBack = (ids?: ReadonlySet<string>) => void;

/**
 * Takes items out of every list under a key, ahead of the server. What the lists learn meanwhile stays when some are put
 * back, others that were taken out included.
 */
export async function takeOut(
  client: QueryClient,
  queryKey: QueryKey,
  items: readonly Identified[],
): Promise<PutBack> {
  const taken = new Set(items.map(({ id }) => id));
  await client.cancelQueries({ queryKey });
  const earlier = client
    .getQueriesData<Pages<Identified>>({ queryKey })
    .filter(([, data]) => data && "pages" in data);
  for (const [key, data] of earlier)
    client.setQueryData(
      key,
      mapPages(data!, (page) => page.filter(({ id }) => !taken.has(id))),
    );
  return (ids = taken) => {
    for (const [key, data] of earlier)
      client.setQueryData<Pages<Identified>>(
        key,
        (now) => now && withReturned(now, data!, ({ id }) => taken.has(id) && ids.has(id)),
      );
  };
}

/** Of what a call changed, how it was before: to take back just that. */
export function asBefore<Thing extends object>(before: Thing | undefined, change: object): Partial<Thing> {
  const taken: Partial<Thing> = { ...before };
  for (const name in taken) if (!Object.hasOwn(change, name)) delete taken[name];
  return taken;
}

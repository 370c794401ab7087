import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { paging } from "#components/list-pages.ts";
import { hideShare, listShareGivers, listShares } from "#lib/shares/api.ts";
import type { HideShareInput, ListSharesInput } from "#lib/shares/schema.ts";

/** What of the list is shown, and in which order. */
export type ShareFilter = Omit<ListSharesInput, "cursor" | "hidden"> & { hidden: boolean };
export const everyShare: ShareFilter = { sort: "newest", hidden: false };

export const shareListKey = (filter: ShareFilter) => ["shares", "list", filter] as const;
export const shareListQuery = (filter: ShareFilter) =>
  infiniteQueryOptions({
    queryKey: shareListKey(filter),
    queryFn: ({ pageParam, signal }) =>
      call(listShares, {
        query: { ...filter, hidden: filter.hidden ? "true" : "false", cursor: pageParam },
        signal,
      }),
    ...paging,
  });

export const shareGiversKey = ["shares", "givers"] as const;
export const shareGiversQuery = () =>
  queryOptions({
    queryKey: shareGiversKey,
    queryFn: ({ signal }) => call(listShareGivers, { signal }),
  });

/** Takes something out of the reader's list, or puts it back. */
export function useHideShare() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: HideShareInput) => call(hideShare, { body: input }),
    onSettled: () => client.invalidateQueries({ queryKey: ["shares"] }),
  });
}

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { paging } from "#components/list-pages.ts";
import { getClosing, getSettings, listIdentities, listSessions, listTokens } from "#lib/accounts/api.ts";

export const settingsQuery = () =>
  queryOptions({
    queryKey: ["settings"],
    queryFn: ({ signal }) => call(getSettings, { signal }),
  });

export const closingQuery = () =>
  queryOptions({
    queryKey: ["closing"],
    queryFn: ({ signal }) => call(getClosing, { signal }),
  });

export const sessionsKey = ["sessions"] as const;
export const sessionsQuery = () =>
  infiniteQueryOptions({
    queryKey: sessionsKey,
    queryFn: ({ signal, pageParam }) => call(listSessions, { query: { cursor: pageParam }, signal }),
    ...paging,
  });

export const tokensKey = ["tokens"] as const;
export const tokensQuery = () =>
  infiniteQueryOptions({
    queryKey: tokensKey,
    queryFn: ({ signal, pageParam }) => call(listTokens, { query: { cursor: pageParam }, signal }),
    ...paging,
  });

export const identitiesKey = ["identities"] as const;
export const identitiesQuery = () =>
  infiniteQueryOptions({
    queryKey: identitiesKey,
    queryFn: ({ signal }) => call(listIdentities, { signal }),
    ...paging,
  });

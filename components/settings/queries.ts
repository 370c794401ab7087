import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import { paging } from "#components/list-pages.ts";
import type { ClosingView, SessionView, SettingsView, TokenView } from "#lib/accounts/schema.ts";
import type { Page } from "#lib/http/schema.ts";

const pageUrl = (path: string, cursor: string | null) =>
  cursor === null ? path : `${path}?cursor=${encodeURIComponent(cursor)}`;

export const settingsQuery = () =>
  queryOptions({
    queryKey: ["settings"],
    queryFn: ({ signal }) => api<SettingsView>("/api/v1/settings", { signal }),
  });

export const closingQuery = () =>
  queryOptions({
    queryKey: ["closing"],
    queryFn: ({ signal }) => api<ClosingView>("/api/v1/me/closing", { signal }),
  });

export const sessionsKey = ["sessions"] as const;
export const sessionsQuery = () =>
  infiniteQueryOptions({
    queryKey: sessionsKey,
    queryFn: ({ signal, pageParam }) =>
      api<Page<SessionView>>(pageUrl("/api/v1/me/sessions", pageParam), { signal }),
    ...paging,
  });

export const tokensKey = ["tokens"] as const;
export const tokensQuery = () =>
  infiniteQueryOptions({
    queryKey: tokensKey,
    queryFn: ({ signal, pageParam }) =>
      api<Page<TokenView>>(pageUrl("/api/v1/me/tokens", pageParam), { signal }),
    ...paging,
  });

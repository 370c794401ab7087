"use client";
import { QueryCache, QueryClient, QueryClientProvider, type QueryKey } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiError, isRefusal, isSignedOut } from "./api-error.ts";

/** Refusals are answers: asking again changes nothing. Only failures of the way or the server are tried again. */
function shouldRetry(failures: number, error: Error): boolean {
  if (error instanceof ApiError && error.status >= 400 && error.status < 500) return false;
  return failures < 2;
}

/** A session, or a publication, that ended while a page is open leads to the sign-in page, and back here afterwards. */
function leaveWhenSignedOut(error: Error): void {
  if (!isSignedOut(error)) return;
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** A part of an open document or collection that is refused: whether the whole is still open is asked again. */
function askForWhole(client: QueryClient, error: Error, [, kind, ...part]: QueryKey): void {
  if (kind === "detail" || !isRefusal(error)) return;
  void client.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[1] === "detail" && part.includes(queryKey[2]),
  });
}

function makeClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error, { queryKey }) {
        leaveWhenSignedOut(error);
        askForWhole(client, error, queryKey);
      },
    }),
    defaultOptions: {
      // without a connection a call fails and says so; waiting for one would look as if it had been saved
      queries: { retry: shouldRetry, staleTime: 10_000, networkMode: "always", refetchOnReconnect: true },
      mutations: { retry: false, networkMode: "always" },
    },
  });
  return client;
}

/** One data cache per browser tab; on the server one per request. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

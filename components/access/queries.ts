import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import { apiPath, type SharedThing } from "#components/sharing/shared-thing.ts";
import type { AccessListView, ExplanationView } from "#lib/sharing/access-schema.ts";

type Ref = Pick<SharedThing, "type" | "id">;

/** Whose access is explained: by id, by address where only that is known, or one's own. */
export type Whose = { userId: string } | { email: string } | "own";

/** Everybody who can open a thing, by address, page by page; for those who manage permissions. */
export const accessQuery = (ref: Ref) =>
  infiniteQueryOptions({
    queryKey: ["access", ref.type, ref.id, "list"] as const,
    queryFn: ({ pageParam, signal }) =>
      api<AccessListView>(
        `${apiPath(ref)}/access${pageParam ? `?cursor=${encodeURIComponent(pageParam)}` : ""}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });

/** Why somebody may or may not do each thing. */
export const explanationQuery = (ref: Ref, whose: Whose) =>
  queryOptions({
    queryKey: ["access", ref.type, ref.id, "explanation", whose] as const,
    queryFn: ({ signal }) => {
      const search = whose === "own" ? "" : `?${new URLSearchParams(whose).toString()}`;
      return api<ExplanationView>(`${apiPath(ref)}/access/explain${search}`, { signal });
    },
  });

export const ownAccessQuery = (ref: Ref) => explanationQuery(ref, "own");

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { paging } from "#components/list-pages.ts";
import { type SharedThing } from "#components/sharing/shared-thing.ts";
import { onResource } from "#lib/sharing/api.ts";

type Ref = Pick<SharedThing, "type" | "id">;

/** Whose access is explained: by id, by address where only that is known, or one's own. */
export type Whose = { userId: string } | { email: string } | "own";

/** Everybody who can open a thing, by address, page by page; for those who manage permissions. */
export const accessQuery = (ref: Ref) =>
  infiniteQueryOptions({
    queryKey: ["access", ref.type, ref.id, "list"] as const,
    queryFn: ({ pageParam, signal }) =>
      call(onResource[ref.type].listAccess, { params: { id: ref.id }, query: { cursor: pageParam }, signal }),
    ...paging,
  });

/** Why somebody may or may not do each thing. */
export const explanationQuery = (ref: Ref, whose: Whose) =>
  queryOptions({
    queryKey: ["access", ref.type, ref.id, "explanation", whose] as const,
    queryFn: ({ signal }) =>
      call(onResource[ref.type].explain, {
        params: { id: ref.id },
        query: whose === "own" ? undefined : whose,
        signal,
      }),
  });

export const ownAccessQuery = (ref: Ref) => explanationQuery(ref, "own");

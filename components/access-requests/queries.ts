import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { invalidateKinds } from "#components/invalidate.ts";
import { paging } from "#components/list-pages.ts";
import {
  approveAccessRequest,
  declineAccessRequest,
  getAccessRequest,
  listOwnAccessRequests,
  requestsFor,
  withdrawAccessRequest,
} from "#lib/access-requests/api.ts";
import type {
  AccessRequestView,
  ApproveAccessRequestInput,
  OwnAccessRequestView,
} from "#lib/access-requests/schema.ts";

/** What can be asked for. */
export interface Wanted {
  type: "collection" | "document";
  id: string;
}

export const ownRequestKey = ({ id }: Pick<Wanted, "id">) => ["access-requests", "own", id] as const;

/** The reader's own request for something, or null. */
export const ownRequestQuery = (wanted: Wanted) =>
  queryOptions({
    queryKey: ownRequestKey(wanted),
    queryFn: async ({ signal }): Promise<OwnAccessRequestView | null> => {
      const { items } = await call(listOwnAccessRequests, { query: { resourceId: wanted.id }, signal });
      return items.find(({ resource }) => resource.type === wanted.type) ?? null;
    },
  });

/** Asks for access, and takes that back. */
export function useOwnRequest(wanted: Wanted) {
  const client = useQueryClient();
  const key = ownRequestKey(wanted);
  const ask = useMutation({
    mutationFn: (message: string) =>
      call(requestsFor[wanted.type].askAccess, { params: { id: wanted.id }, body: { message } }),
    onSuccess: (asked) => client.setQueryData(key, asked),
  });
  const withdraw = useMutation({
    mutationFn: ({ id }: OwnAccessRequestView) => call(withdrawAccessRequest, { params: { id } }),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
  return { ask, withdraw };
}

const requestsKey = ({ type, id }: Wanted) => ["access-requests", "for", type, id] as const;

/** Who asks for something, newest first; for those who can share it. */
export const requestsQuery = (wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: requestsKey(wanted),
    queryFn: ({ pageParam, signal }) =>
      call(requestsFor[wanted.type].listAccessRequests, {
        params: { id: wanted.id },
        query: { cursor: pageParam },
        signal,
      }),
    ...paging,
  });

export const requestKey = (id: string) => ["access-requests", "detail", id] as const;
export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: requestKey(id),
    queryFn: ({ signal }) => call(getAccessRequest, { params: { id }, signal }),
  });

type Answer = { approve: ApproveAccessRequestInput } | "decline";

/** Answers a request. Everything that shows who has access, or who waits, catches up. */
export function useAnswer({ id }: Pick<AccessRequestView, "id">) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (answer: Answer) =>
      answer === "decline"
        ? call(declineAccessRequest, { params: { id } })
        : call(approveAccessRequest, { params: { id }, body: answer.approve }),
    onSettled: () =>
      invalidateKinds(client, ["access-requests", "grants", "access", "collections", "documents"]),
  });
}

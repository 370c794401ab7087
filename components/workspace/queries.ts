import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api } from "#components/api.ts";
import { mapPages, type Pages, paging } from "#components/list-pages.ts";
import type { Page } from "#lib/http/schema.ts";
import type {
  InvitedView,
  InviteMembersInput,
  MemberListView,
  MemberView,
  OfferView,
  OutsiderView,
  RemovalView,
  UpdateMemberInput,
  WorkspaceInvitationListView,
  WorkspaceInvitationView,
  WorkspaceView,
} from "#lib/workspaces/schema.ts";

export const peopleKey = (q = "") => ["people", "members", q] as const;
export const invitationsKey = ["people", "invitations"] as const;
export const outsidersKey = (q = "") => ["people", "outsiders", q] as const;
export const offersKey = ["offers"] as const;

const withQuery = (path: string, values: Record<string, string | null>) => {
  const query = new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  return query.size > 0 ? `${path}?${query}` : path;
};

/** Members by name, those with `q` in name or address. What was found before stays until the next is there. */
export const peopleQuery = (q = "") =>
  infiniteQueryOptions({
    queryKey: peopleKey(q),
    queryFn: ({ pageParam: cursor, signal }) =>
      api<MemberListView>(withQuery("/api/v1/workspace/members", { q, cursor }), { signal }),
    placeholderData: keepPreviousData,
    ...paging,
  });

/** Members who are not in a group. What is done to the group changes them, so they are never shown from before. */
export const outsideGroupQuery = (groupId: string, q: string) =>
  infiniteQueryOptions({
    queryKey: ["groups", "outside", groupId, q],
    queryFn: ({ pageParam: cursor, signal }) =>
      api<MemberListView>(withQuery("/api/v1/workspace/members", { q, notInGroup: groupId, cursor }), {
        signal,
      }),
    placeholderData: keepPreviousData,
    gcTime: 0,
    ...paging,
  });

export const invitationsQuery = () =>
  infiniteQueryOptions({
    queryKey: invitationsKey,
    queryFn: ({ pageParam: cursor, signal }) =>
      api<WorkspaceInvitationListView>(withQuery("/api/v1/workspace/invitations", { cursor }), { signal }),
    ...paging,
  });

export const outsidersQuery = (q = "") =>
  infiniteQueryOptions({
    queryKey: outsidersKey(q),
    queryFn: ({ pageParam: cursor, signal }) =>
      api<Page<OutsiderView>>(withQuery("/api/v1/workspace/outsiders", { q, cursor }), { signal }),
    placeholderData: keepPreviousData,
    ...paging,
  });

export const removalQuery = (id: string) =>
  queryOptions({
    queryKey: ["people", "removal", id],
    queryFn: ({ signal }) => api<RemovalView>(`/api/v1/workspace/members/${id}/removal`, { signal }),
    staleTime: 0,
    gcTime: 0,
  });

/** Workspaces that one's address is invited to. */
export const offersQuery = () =>
  queryOptions({
    queryKey: offersKey,
    queryFn: ({ signal }) => api<Page<OfferView>>("/api/v1/me/workspace-invitations", { signal }),
  });

const refresh = (client: QueryClient) => client.invalidateQueries({ queryKey: ["people"] });

/** Shows the change at once and takes it back when it is refused. */
export function useUpdateMember() {
  const client = useQueryClient();
  const members = { queryKey: ["people", "members"] };
  return useMutation({
    mutationFn: ({ person, change }: { person: MemberView; change: UpdateMemberInput }) =>
      api<MemberView>(`/api/v1/workspace/members/${person.id}`, { method: "PATCH", body: change }),
    async onMutate({ person, change }) {
      await client.cancelQueries(members);
      const before = client.getQueriesData<Pages<MemberView>>(members);
      client.setQueriesData<Pages<MemberView>>(
        members,
        (data) =>
          data &&
          mapPages(data, (items) =>
            items.map((item) => (item.id === person.id ? { ...item, ...change } : item)),
          ),
      );
      return { before };
    },
    onError(_error, _input, context) {
      for (const [key, data] of context?.before ?? []) client.setQueryData(key, data);
    },
    onSettled: () => refresh(client),
  });
}

export function useRemovePerson() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api(`/api/v1/workspace/members/${id}`, { method: "DELETE" }),
    // Everything but what their removal would do: the dialog still shows it, and it can't be asked any more. Not waited
    // for: whoever called hears of the success while their line is still there.
    onSuccess: () =>
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] !== "removal" }),
  });
}

export function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: InviteMembersInput) =>
      api<InvitedView>("/api/v1/workspace/invitations", { method: "POST", body: input }),
    onSuccess: () => client.invalidateQueries({ queryKey: invitationsKey }),
  });
}

export function useRenewInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: WorkspaceInvitationView) =>
      api(`/api/v1/workspace/invitations/${id}/renew`, { method: "POST" }),
    onSettled: () => client.invalidateQueries({ queryKey: invitationsKey }),
  });
}

/** Takes the line away at once, and puts it back when that is refused. */
export function useRevokeInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: WorkspaceInvitationView) =>
      api(`/api/v1/workspace/invitations/${id}`, { method: "DELETE" }),
    async onMutate({ id }) {
      await client.cancelQueries({ queryKey: invitationsKey });
      const before = client.getQueryData<Pages<WorkspaceInvitationView>>(invitationsKey);
      client.setQueryData<Pages<WorkspaceInvitationView>>(
        invitationsKey,
        (data) => data && mapPages(data, (items) => items.filter((item) => item.id !== id)),
      );
      return { before };
    },
    onError: (_error, _input, context) => client.setQueryData(invitationsKey, context?.before),
    onSettled: () => client.invalidateQueries({ queryKey: invitationsKey }),
  });
}

export const useRenameWorkspace = () =>
  useMutation({
    mutationFn: (name: string) =>
      api<WorkspaceView>("/api/v1/workspace", { method: "PATCH", body: { name } }),
  });

/**
 * Another workspace means other people, groups and collections: everything is asked for again. Not waited for: an
 * answered offer goes from its list, and the card that shows it would be gone before it hears of the success.
 */
export function useAnswerOffer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ offer, answer }: { offer: OfferView; answer: "accept" | "decline" }) =>
      api(`/api/v1/me/workspace-invitations/${offer.id}/${answer}`, { method: "POST" }),
    onSettled: (_data, _error, { answer }) =>
      void client.invalidateQueries(answer === "accept" ? undefined : { queryKey: offersKey }),
  });
}

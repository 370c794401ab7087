import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { asBefore, mapPages, type Pages, paging, takeOut } from "#components/list-pages.ts";
import {
  acceptOffer,
  declineOffer,
  getRemoval,
  inviteMembers,
  listInvitations,
  listOffers,
  listOutsiders,
  listPeople,
  removeMember,
  renameWorkspace,
  renewInvitation,
  revokeInvitation,
  updateMember,
} from "#lib/workspaces/api.ts";
import type {
  InviteMembersInput,
  MemberView,
  OfferView,
  UpdateMemberInput,
  WorkspaceInvitationView,
} from "#lib/workspaces/schema.ts";

export const peopleKey = (q = "") => ["people", "members", q] as const;
export const invitationsKey = ["people", "invitations"] as const;
export const outsidersKey = (q = "") => ["people", "outsiders", q] as const;
export const offersKey = ["offers"] as const;

/** Members by name, those with `q` in name or address. What was found before stays until the next is there. */
export const peopleQuery = (q = "") =>
  infiniteQueryOptions({
    queryKey: peopleKey(q),
    queryFn: ({ pageParam: cursor, signal }) => call(listPeople, { query: { q, cursor }, signal }),
    placeholderData: keepPreviousData,
    ...paging,
  });

/** Members who are not in a group. What is done to the group changes them, so they are never shown from before. */
export const outsideGroupQuery = (groupId: string, q: string) =>
  infiniteQueryOptions({
    queryKey: ["groups", "outside", groupId, q],
    queryFn: ({ pageParam: cursor, signal }) =>
      call(listPeople, { query: { q, notInGroup: groupId, cursor }, signal }),
    placeholderData: keepPreviousData,
    gcTime: 0,
    ...paging,
  });

export const invitationsQuery = () =>
  infiniteQueryOptions({
    queryKey: invitationsKey,
    queryFn: ({ pageParam: cursor, signal }) => call(listInvitations, { query: { cursor }, signal }),
    ...paging,
  });

export const outsidersQuery = (q = "") =>
  infiniteQueryOptions({
    queryKey: outsidersKey(q),
    queryFn: ({ pageParam: cursor, signal }) => call(listOutsiders, { query: { q, cursor }, signal }),
    placeholderData: keepPreviousData,
    ...paging,
  });

export const removalQuery = (id: string) =>
  queryOptions({
    queryKey: ["people", "removal", id],
    queryFn: ({ signal }) => call(getRemoval, { params: { id }, signal }),
    staleTime: 0,
    gcTime: 0,
  });

/** Workspaces that one's address is invited to. */
export const offersQuery = () =>
  queryOptions({
    queryKey: offersKey,
    queryFn: ({ signal }) => call(listOffers, { signal }),
  });

const refresh = (client: QueryClient) => client.invalidateQueries({ queryKey: ["people"] });

/** Shows the change at once and takes it back when it is refused. */
export function useUpdateMember() {
  const client = useQueryClient();
  const members = { queryKey: ["people", "members"] };
  const show = (id: string, change: Partial<MemberView>) =>
    client.setQueriesData<Pages<MemberView>>(
      members,
      (data) =>
        data &&
        mapPages(data, (items) => items.map((item) => (item.id === id ? { ...item, ...change } : item))),
    );
  return useMutation({
    mutationFn: ({ person, change }: { person: MemberView; change: UpdateMemberInput }) =>
      call(updateMember, { params: { id: person.id }, body: change }),
    async onMutate({ person, change }) {
      await client.cancelQueries(members);
      show(person.id, change);
    },
    onError: (_error, { person, change }) => show(person.id, asBefore(person, change)),
    onSettled: () => refresh(client),
  });
}

export function useRemovePerson() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(removeMember, { params: { id } }),
    // Everything but what their removal would do: the dialog still shows it, and it can't be asked any more. Not waited
    // for: whoever called hears of the success while their line is still there.
    onSuccess: () =>
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] !== "removal" }),
  });
}

export function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: InviteMembersInput) => call(inviteMembers, { body: input }),
    onSuccess: () => client.invalidateQueries({ queryKey: invitationsKey }),
  });
}

export function useRenewInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: WorkspaceInvitationView) => call(renewInvitation, { params: { id } }),
    onSettled: () => client.invalidateQueries({ queryKey: invitationsKey }),
  });
}

/** Takes the line away at once, and puts it back when that is refused. */
export function useRevokeInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: WorkspaceInvitationView) => call(revokeInvitation, { params: { id } }),
    onMutate: (invitation) => takeOut(client, invitationsKey, [invitation]),
    onError: (_error, _invitation, putBack) => putBack?.(),
    onSettled: () => client.invalidateQueries({ queryKey: invitationsKey }),
  });
}

export const useRenameWorkspace = () =>
  useMutation({
    mutationFn: (name: string) => call(renameWorkspace, { body: { name } }),
  });

/**
 * Another workspace means other people, groups and collections: everything is asked for again. Not waited for: an
 * answered offer goes from its list, and the card that shows it would be gone before it hears of the success.
 */
export function useAnswerOffer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ offer, answer }: { offer: OfferView; answer: "accept" | "decline" }) =>
      call(answer === "accept" ? acceptOffer : declineOffer, { params: { id: offer.id } }),
    onSettled: (_data, _error, { answer }) =>
      void client.invalidateQueries(answer === "accept" ? undefined : { queryKey: offersKey }),
  });
}

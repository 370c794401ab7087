import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { asBefore, paging, takeOut } from "#components/list-pages.ts";
import {
  addMembers,
  createGroup,
  deleteGroup,
  getGroup,
  listGroups,
  listMembers,
  listReach,
  nestGroup,
  removeMembers,
  unnestGroup,
  updateGroup,
} from "#lib/groups/api.ts";
import type {
  ChangedMembersView,
  CreateGroupInput,
  GroupDetailView,
  GroupMemberView,
  GroupView,
  UpdateGroupInput,
} from "#lib/groups/schema.ts";
import { MOST_PEOPLE_PER_CALL } from "#lib/groups/values.ts";

export const groupListKey = (q = "") => ["groups", "list", q] as const;
export const groupKey = (id: string) => ["groups", "detail", id] as const;
export const groupMembersKey = (id: string, q = "") => ["groups", "members", id, q] as const;
export const groupReachKey = (id: string) => ["groups", "reach", id] as const;

/** Groups by name, those with `q` in it. What was found before stays until the next is there. */
export const groupListQuery = (q = "") =>
  infiniteQueryOptions({
    queryKey: groupListKey(q),
    queryFn: ({ pageParam: cursor, signal }) => call(listGroups, { query: { q, cursor }, signal }),
    placeholderData: keepPreviousData,
    ...paging,
  });

export const groupQuery = (id: string) =>
  queryOptions({
    queryKey: groupKey(id),
    queryFn: ({ signal }) => call(getGroup, { params: { id }, signal }),
  });

/** Who is in a group by name, those with `q` in name or address. What was found before stays until the next is there. */
export const groupMembersQuery = (id: string, q = "") =>
  infiniteQueryOptions({
    queryKey: groupMembersKey(id, q),
    queryFn: ({ pageParam: cursor, signal }) =>
      call(listMembers, { params: { id }, query: { q, cursor }, signal }),
    placeholderData: keepPreviousData,
    ...paging,
  });

export const groupReachQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: groupReachKey(id),
    queryFn: ({ pageParam: cursor, signal }) =>
      call(listReach, { params: { id }, query: { cursor }, signal }),
    ...paging,
  });

/** Counts, nesting and reach hang together: after any change all of it is asked for again. */
const refresh = (client: QueryClient) => client.invalidateQueries({ queryKey: ["groups"] });

export function useCreateGroup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: CreateGroupInput) => call(createGroup, { body: input }),
    onSuccess: () => void refresh(client),
  });
}

/** Shows the change at once and takes it back when it is refused. */
export function useUpdateGroup(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: UpdateGroupInput) => call(updateGroup, { params: { id }, body }),
    async onMutate(change) {
      await client.cancelQueries({ queryKey: groupKey(id) });
      const before = client.getQueryData<GroupDetailView>(groupKey(id));
      client.setQueryData<GroupDetailView>(groupKey(id), (group) => group && { ...group, ...change });
      return before;
    },
    // only what this call changed: the other text may have been saved meanwhile
    onError: (_error, change, before) =>
      client.setQueryData<GroupDetailView>(
        groupKey(id),
        (group) => group && { ...group, ...asBefore(before, change) },
      ),
    onSettled: () => refresh(client),
  });
}

/** The detail is dropped, not asked for again: it is gone. */
export function useDeleteGroup(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(deleteGroup, { params: { id } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["groups", "list"] }),
  });
}

/** Adds people by id and address, as many as there are: in calls of as many as one call takes. */
export function useAddMembers(id: string) {
  const client = useQueryClient();
  return useMutation({
    async mutationFn(people: readonly ({ userId: string } | { email: string })[]) {
      const all: ChangedMembersView = { changed: [], unchanged: [], refused: [] };
      for (const those of inCalls(people)) {
        const userIds = those.flatMap((one) => ("userId" in one ? [one.userId] : []));
        const emails = those.flatMap((one) => ("email" in one ? [one.email] : []));
        const part = await call(addMembers, { params: { id }, body: { userIds, emails } });
        all.changed.push(...part.changed);
        all.unchanged.push(...part.unchanged);
        all.refused.push(...part.refused);
      }
      return all;
    },
    onSettled: () => refresh(client),
  });
}

const inCalls = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / MOST_PEOPLE_PER_CALL) }, (_, call) =>
    items.slice(call * MOST_PEOPLE_PER_CALL, (call + 1) * MOST_PEOPLE_PER_CALL),
  );

async function callForAll(
  operation: typeof addMembers,
  id: string,
  people: readonly GroupMemberView[],
): Promise<void> {
  for (const those of inCalls(people))
    await call(operation, { params: { id }, body: { userIds: those.map((person) => person.id) } });
}

/** Takes people out of the lists at once; back in, in their places, when that fails. */
export function useRemoveMembers(id: string) {
  const client = useQueryClient();
  // whatever was searched for
  const queryKey = ["groups", "members", id];
  return useMutation({
    mutationFn: (people: readonly GroupMemberView[]) => callForAll(removeMembers, id, people),
    onMutate: (people) => takeOut(client, queryKey, people),
    onError: (_error, _people, putBack) => putBack?.(),
    onSettled: () => refresh(client),
  });
}

export function useRestoreMembers(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (people: readonly GroupMemberView[]) => callForAll(addMembers, id, people),
    onSettled: () => refresh(client),
  });
}

export function useNestGroup(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (group: GroupView) => call(nestGroup, { params: { id }, body: { groupId: group.id } }),
    onSettled: () => refresh(client),
  });
}

export function useUnnestGroup(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (group: GroupView) => call(unnestGroup, { params: { id, childId: group.id } }),
    async onMutate(group) {
      await client.cancelQueries({ queryKey: groupKey(id) });
      const change = (next: (nested: GroupView[]) => GroupView[]) =>
        client.setQueryData<GroupDetailView>(
          groupKey(id),
          (detail) => detail && { ...detail, nested: next(detail.nested) },
        );
      const before = client.getQueryData<GroupDetailView>(groupKey(id))?.nested ?? [];
      change((nested) => nested.filter((item) => item.id !== group.id));
      return () =>
        change((nested) =>
          before.filter((item) => item.id === group.id || nested.some(({ id: other }) => other === item.id)),
        );
    },
    onError: (_error, _group, putBack) => putBack?.(),
    onSettled: () => refresh(client),
  });
}

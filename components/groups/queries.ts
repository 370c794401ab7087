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
import {
  type ChangedMembersView,
  type CreateGroupInput,
  type GroupDetailView,
  type GroupListView,
  type GroupMemberView,
  type GroupView,
  MOST_PEOPLE_PER_CALL,
  type ReachView,
  type UpdateGroupInput,
} from "#lib/groups/schema.ts";
import type { Page } from "#lib/http/schema.ts";

export const groupListKey = (q = "") => ["groups", "list", q] as const;
export const groupKey = (id: string) => ["groups", "detail", id] as const;
export const groupMembersKey = (id: string, q = "") => ["groups", "members", id, q] as const;
export const groupReachKey = (id: string) => ["groups", "reach", id] as const;

const withQuery = (path: string, values: Record<string, string | null>) => {
  const query = new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  return query.size > 0 ? `${path}?${query}` : path;
};

/** Groups by name, those with `q` in it. What was found before stays until the next is there. */
export const groupListQuery = (q = "") =>
  infiniteQueryOptions({
    queryKey: groupListKey(q),
    queryFn: ({ pageParam: cursor, signal }) =>
      api<GroupListView>(withQuery("/api/v1/groups", { q, cursor }), { signal }),
    placeholderData: keepPreviousData,
    ...paging,
  });

export const groupQuery = (id: string) =>
  queryOptions({
    queryKey: groupKey(id),
    queryFn: ({ signal }) => api<GroupDetailView>(`/api/v1/groups/${id}`, { signal }),
  });

/** Who is in a group by name, those with `q` in name or address. What was found before stays until the next is there. */
export const groupMembersQuery = (id: string, q = "") =>
  infiniteQueryOptions({
    queryKey: groupMembersKey(id, q),
    queryFn: ({ pageParam: cursor, signal }) =>
      api<Page<GroupMemberView>>(withQuery(`/api/v1/groups/${id}/members`, { q, cursor }), { signal }),
    placeholderData: keepPreviousData,
    ...paging,
  });

export const groupReachQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: groupReachKey(id),
    queryFn: ({ pageParam: cursor, signal }) =>
      api<Page<ReachView>>(withQuery(`/api/v1/groups/${id}/reach`, { cursor }), { signal }),
    ...paging,
  });

/** Counts, nesting and reach hang together: after any change all of it is asked for again. */
const refresh = (client: QueryClient) => client.invalidateQueries({ queryKey: ["groups"] });

export function useCreateGroup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: CreateGroupInput) =>
      api<GroupView>("/api/v1/groups", { method: "POST", body: input }),
    onSuccess: () => void refresh(client),
  });
}

/** Shows the change at once and takes it back when it is refused. */
export function useUpdateGroup(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: UpdateGroupInput) => api<GroupView>(`/api/v1/groups/${id}`, { method: "PATCH", body }),
    async onMutate(change) {
      await client.cancelQueries({ queryKey: groupKey(id) });
      const before = client.getQueryData<GroupDetailView>(groupKey(id));
      client.setQueryData<GroupDetailView>(groupKey(id), (group) => group && { ...group, ...change });
      return { before };
    },
    onError: (_error, _change, context) => client.setQueryData(groupKey(id), context?.before),
    onSettled: () => refresh(client),
  });
}

/** The detail is dropped, not asked for again: it is gone. */
export function useDeleteGroup(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api(`/api/v1/groups/${id}`, { method: "DELETE" }),
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
        const body = { userIds, emails };
        const part = await api<ChangedMembersView>(`/api/v1/groups/${id}/members`, { method: "POST", body });
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

async function callForAll(id: string, method: "POST" | "DELETE", people: readonly GroupMemberView[]) {
  for (const those of inCalls(people))
    await api(`/api/v1/groups/${id}/members`, {
      method,
      body: { userIds: those.map((person) => person.id) },
    });
}

/** Takes people out of the lists at once; back in, in their places, when that fails. */
export function useRemoveMembers(id: string) {
  const client = useQueryClient();
  // whatever was searched for
  const queryKey = ["groups", "members", id];
  return useMutation({
    mutationFn: (people: readonly GroupMemberView[]) => callForAll(id, "DELETE", people),
    async onMutate(people) {
      const gone = new Set(people.map((person) => person.id));
      await client.cancelQueries({ queryKey });
      const before = client.getQueriesData<Pages<GroupMemberView>>({ queryKey });
      client.setQueriesData<Pages<GroupMemberView>>(
        { queryKey },
        (data) => data && mapPages(data, (items) => items.filter((item) => !gone.has(item.id))),
      );
      return { before };
    },
    onError(_error, _people, context) {
      for (const [key, data] of context?.before ?? []) client.setQueryData(key, data);
    },
    onSettled: () => refresh(client),
  });
}

export function useRestoreMembers(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (people: readonly GroupMemberView[]) => callForAll(id, "POST", people),
    onSettled: () => refresh(client),
  });
}

export function useNestGroup(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (group: GroupView) =>
      api(`/api/v1/groups/${id}/nested`, { method: "POST", body: { groupId: group.id } }),
    onSettled: () => refresh(client),
  });
}

export function useUnnestGroup(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (group: GroupView) => api(`/api/v1/groups/${id}/nested/${group.id}`, { method: "DELETE" }),
    async onMutate(group) {
      await client.cancelQueries({ queryKey: groupKey(id) });
      const before = client.getQueryData<GroupDetailView>(groupKey(id));
      client.setQueryData<GroupDetailView>(
        groupKey(id),
        (detail) => detail && { ...detail, nested: detail.nested.filter((item) => item.id !== group.id) },
      );
      return { before };
    },
    onError: (_error, _group, context) => client.setQueryData(groupKey(id), context?.before),
    onSettled: () => refresh(client),
  });
}

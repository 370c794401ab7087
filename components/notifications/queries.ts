import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { mapPages, paging, type Pages } from "#components/list-pages.ts";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import {
  changeNotificationPreferences,
  countNotifications,
  getNotificationPreferences,
  listNotifications,
  readNotifications,
} from "#lib/notifications/api.ts";
import type {
  ChangeNotificationPreferencesInput,
  NotificationCountView,
  NotificationPreferencesView,
  NotificationView,
} from "#lib/notifications/schema.ts";
import type { Topic } from "#lib/notifications/values.ts";

/** Invalidate `["notifications"]` when something new was told. */
const all = ["notifications"] as const;

/** How long a bell may be behind where nothing tells it that there is news. */
const POLL_MS = 60_000;

export const notificationCountKey = [...all, "count"] as const;
export const notificationCountQuery = () =>
  queryOptions({
    queryKey: notificationCountKey,
    queryFn: ({ signal }) => call(countNotifications, { signal }),
    refetchInterval: POLL_MS,
  });

export interface NotificationFilter {
  unread?: boolean;
  topic?: Topic;
}

const listKey = [...all, "list"] as const;
export const notificationListKey = ({ unread = false, topic }: NotificationFilter) =>
  [...listKey, { unread, topic: topic ?? null }] as const;
export const notificationListQuery = (filter: NotificationFilter) =>
  infiniteQueryOptions({
    queryKey: notificationListKey(filter),
    queryFn: ({ signal, pageParam }) =>
      call(listNotifications, {
        query: { ...(filter.unread && { unread: "true" }), topic: filter.topic, cursor: pageParam },
        signal,
      }),
    ...paging,
  });

/** Marks notifications as read, some or all, ahead of the server. */
export function useMarkRead() {
  const client = useQueryClient();
  const textOf = useErrorText();
  return useMutation({
    mutationFn: (ids: readonly string[] | "all") =>
      call(readNotifications, {
        body: ids === "all" ? { all: true } : { ids: [...ids] },
        // often the page is left at the same moment
        outlivesPage: true,
      }),
    async onMutate(ids) {
      await client.cancelQueries({ queryKey: all });
      const isMeant = (id: string) => ids === "all" || ids.includes(id);
      const lists = client.getQueriesData<Pages<NotificationView>>({ queryKey: listKey });
      const count = client.getQueryData<NotificationCountView>(notificationCountKey);
      const unread = new Set(
        lists.flatMap(([, data]) =>
          (data?.pages ?? []).flatMap(({ items }) =>
            items.filter(({ id, isRead }) => !isRead && isMeant(id)).map(({ id }) => id),
          ),
        ),
      );
      for (const [key, data] of lists)
        if (data)
          client.setQueryData(
            key,
            mapPages(data, (items) =>
              items.map((item) => (isMeant(item.id) ? { ...item, isRead: true } : item)),
            ),
          );
      if (count)
        client.setQueryData<NotificationCountView>(notificationCountKey, {
          ...count,
          unread: ids === "all" ? 0 : Math.max(0, count.unread - unread.size),
        });
      return { lists, count };
    },
    onError(error, _, before) {
      for (const [key, data] of before?.lists ?? []) client.setQueryData(key, data);
      client.setQueryData(notificationCountKey, before?.count);
      notify.failed(textOf(error));
    },
    onSettled: () => client.invalidateQueries({ queryKey: all }),
  });
}

export const notificationPreferencesKey = ["notification-preferences"] as const;
export const notificationPreferencesQuery = () =>
  queryOptions({
    queryKey: notificationPreferencesKey,
    queryFn: ({ signal }) => call(getNotificationPreferences, { signal }),
  });

/** Changes what one is told, ahead of the server. */
export function useChangePreferences() {
  const client = useQueryClient();
  const textOf = useErrorText();
  return useMutation({
    mutationFn: (body: ChangeNotificationPreferencesInput) => call(changeNotificationPreferences, { body }),
    async onMutate({ kinds = [], ...rest }) {
      await client.cancelQueries({ queryKey: notificationPreferencesKey });
      const before = client.getQueryData<NotificationPreferencesView>(notificationPreferencesKey);
      const changes = new Map(kinds.map((change) => [change.kind, change]));
      if (before)
        client.setQueryData<NotificationPreferencesView>(notificationPreferencesKey, {
          ...before,
          ...rest,
          kinds: before.kinds.map((kind) => ({ ...kind, ...changes.get(kind.kind) })),
        });
      return before;
    },
    onError(error, _, before) {
      client.setQueryData(notificationPreferencesKey, before);
      notify.failed(textOf(error));
    },
    onSettled: () => client.invalidateQueries({ queryKey: notificationPreferencesKey }),
  });
}

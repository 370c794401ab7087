"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef } from "react";
import { itemsOf } from "#components/list-pages.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { NotificationRow } from "./notification-row.tsx";
import { type NotificationFilter, notificationListQuery, useMarkRead } from "./queries.ts";

interface NotificationListProps {
  filter: NotificationFilter;
  onFollow?: () => void;
}

/** Notifications with all the states of their list. */
export function NotificationList({ filter, onFollow }: NotificationListProps) {
  const t = useTranslations("notifications");
  const query = useInfiniteQuery(notificationListQuery(filter));
  const markRead = useMarkRead();
  const list = useRef<HTMLUListElement>(null);
  if (query.isPending) return <ListSkeleton />;
  if (!query.data)
    return <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />;
  const items = itemsOf(query.data);
  if (items.length === 0) {
    const empty = filter.unread ? "emptyUnread" : filter.topic ? "emptyTopic" : "empty";
    return <EmptyState icon={<Bell />} title={t(`${empty}.title`)} text={t(`${empty}.text`)} />;
  }
  return (
    <>
      <ul ref={list} aria-label={t("title")} className="flex flex-col gap-px">
        {items.map((notification) => (
          <li key={notification.id}>
            <NotificationRow
              notification={notification}
              onRead={(id) => markRead.mutate([id])}
              onFollow={onFollow}
            />
          </li>
        ))}
      </ul>
      <LoadMore query={query} list={list} className="mt-2 text-center" />
    </>
  );
}

function ListSkeleton() {
  return (
    <div aria-busy>
      {["w-4/5", "w-3/5", "w-2/3"].map((width) => (
        <div key={width} className="flex items-start gap-3 p-2">
          <Skeleton className="size-7 rounded-full" />
          <span className="flex flex-1 flex-col gap-2 pt-1">
            <Skeleton className={`h-3.5 ${width}`} />
            <Skeleton className="h-3 w-20" />
          </span>
        </div>
      ))}
    </div>
  );
}

"use client";
import { useQuery } from "@tanstack/react-query";
import { CheckCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useState } from "react";
import { NewCollectionHotkey } from "#components/collections/new-collection-button.tsx";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/select.tsx";
import { topics } from "#lib/notifications/values.ts";
import { NotificationList } from "./notification-list.tsx";
import { type NotificationFilter, notificationCountQuery, useMarkRead } from "./queries.ts";

/** Everything one was told, with filters that stay in the address. */
export function NotificationsPage({ initialFilter }: { initialFilter: NotificationFilter }) {
  const t = useTranslations("notifications");
  const [filter, setFilter] = useState(initialFilter);
  const { data } = useQuery(notificationCountQuery());
  const markRead = useMarkRead();
  function choose(next: NotificationFilter) {
    setFilter(next);
    const query = new URLSearchParams({
      ...(next.unread && { unread: "true" }),
      ...(next.topic && { topic: next.topic }),
    }).toString();
    window.history.replaceState(null, "", query ? `?${query}` : window.location.pathname);
  }
  return (
    <Page
      breadcrumb={<Breadcrumb crumbs={[{ label: t("title") }]} />}
      actions={
        <Button disabled={!data?.unread} onClick={() => markRead.mutate("all")} aria-label={t("markAllRead")}>
          <CheckCheck aria-hidden />
          <span className="max-sm:hidden">{t("markAllRead")}</span>
        </Button>
      }
    >
      <NewCollectionHotkey />
      <div className="mx-auto max-w-170">
        <h1 className="font-serif text-xl font-medium">{t("title")}</h1>
        <div className="mt-4 mb-3 flex flex-wrap items-center gap-2">
          <Select
            aria-label={t("show")}
            value={filter.unread ? "unread" : "all"}
            onValueChange={(show) => choose({ ...filter, unread: show === "unread" })}
            options={(["all", "unread"] as const).map((value) => ({ value, label: t(`filters.${value}`) }))}
          />
          <Select
            aria-label={t("topic")}
            value={filter.topic ?? "all"}
            onValueChange={(topic) => choose({ ...filter, topic: topic === "all" ? undefined : topic })}
            options={(["all", ...topics] as const).map((value) => ({ value, label: t(`topics.${value}`) }))}
          />
          <span className="flex-1" />
          <Link
            href="/settings/notifications"
            className="text-accent-ink rounded-sm text-sm font-medium hover:underline"
          >
            {t("settings")}
          </Link>
        </div>
        <NotificationList filter={filter} />
      </div>
    </Page>
  );
}

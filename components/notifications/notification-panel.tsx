"use client";
import { useQuery } from "@tanstack/react-query";
import { CheckCheck, Settings } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { RefObject } from "react";
import { buttonClass } from "#components/ui/button-class.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import { NotificationList } from "./notification-list.tsx";
import { notificationCountQuery, useMarkRead } from "./queries.ts";

interface NotificationPanelProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  anchor: RefObject<HTMLButtonElement | null>;
}

/** The newest notifications, at the bell. */
export function NotificationPanel({ isOpen, onOpenChange, anchor }: NotificationPanelProps) {
  const t = useTranslations("notifications");
  const { data } = useQuery(notificationCountQuery());
  const markRead = useMarkRead();
  const close = () => onOpenChange(false);
  return (
    <Popover
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      anchor={anchor}
      label={t("title")}
      className="flex w-[min(26rem,calc(100vw-1rem))] flex-col"
    >
      <header className="border-line flex h-12 shrink-0 items-center gap-1 border-b pr-2 pl-4">
        <h2 className="flex-1 font-semibold">{t("title")}</h2>
        <IconButton
          label={t("markAllRead")}
          icon={<CheckCheck />}
          disabled={!data?.unread}
          onClick={() => markRead.mutate("all")}
        />
        <Tooltip label={t("settings")}>
          <Link
            href="/settings/notifications"
            aria-label={t("settings")}
            onClick={close}
            className={buttonClass({ variant: "ghost", size: "icon-md" })}
          >
            <Settings aria-hidden />
          </Link>
        </Tooltip>
      </header>
      <div className="max-h-[min(30rem,65dvh)] min-h-0 flex-1 overflow-y-auto p-2">
        <NotificationList filter={{}} onFollow={close} />
      </div>
      <footer className="border-line shrink-0 border-t p-2">
        <Link
          href="/notifications"
          onClick={close}
          className={buttonClass({ variant: "ghost", className: "w-full" })}
        >
          {t("all")}
        </Link>
      </footer>
    </Popover>
  );
}

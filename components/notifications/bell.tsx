"use client";
import { useQuery } from "@tanstack/react-query";
import { Bell as BellIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { lazyLayer } from "#components/lazy-part.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { notificationCountQuery } from "./queries.ts";
import { useNoteTimeZone } from "./use-note-time-zone.ts";

const Panel = lazyLayer(
  () => import("./notification-panel.tsx").then((module) => module.NotificationPanel),
  "notifications",
);

/** What is more is not counted. */
const most = 99;

/** How many notifications are unread, and the way to them. */
export function Bell() {
  const t = useTranslations("shell");
  const { data } = useQuery(notificationCountQuery());
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useNoteTimeZone(data);
  const unread = data?.unread ?? 0;
  const load = () => void Panel.load().catch(() => undefined);
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-label={t(unread > most ? "notificationsMany" : "notifications", { count: unread })}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPointerEnter={load}
        onFocus={load}
        onClick={() => setOpen(!isOpen)}
        className={buttonClass({ variant: "ghost", size: "icon-md", className: "relative" })}
      >
        <BellIcon aria-hidden />
        {unread > 0 && (
          <span
            aria-hidden
            className="bg-accent text-on-accent ring-paper absolute -top-0.5 left-1/2 h-4 min-w-4 rounded-full px-1 text-center text-[10px] leading-4 font-semibold tabular-nums ring-2"
          >
            {unread > most ? `${most}+` : unread}
          </span>
        )}
      </button>
      <Panel isOpen={isOpen} onOpenChange={setOpen} anchor={button} />
    </>
  );
}

"use client";
import { Check, FileText, Inbox, Share2, UserRound } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import { Avatar } from "#components/ui/avatar.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { NotificationView } from "#lib/notifications/schema.ts";
import type { Topic } from "#lib/notifications/values.ts";
import { NotificationText } from "./notification-text.tsx";

const icons: Record<Topic, ReactNode> = {
  sharing: <Share2 />,
  requests: <Inbox />,
  documents: <FileText />,
  account: <UserRound />,
};

interface NotificationRowProps {
  notification: NotificationView;
  onRead: (id: string) => void;
  /** It was followed. */
  onFollow?: () => void;
}

/** One line: who, what and when; the whole of it leads to what it is about. */
export function NotificationRow({ notification, onRead, onFollow }: NotificationRowProps) {
  const t = useTranslations("notifications");
  const { id, actor, topic, path, happenedAt, isRead } = notification;
  const content = (
    <>
      {actor ? (
        <Avatar name={actor.name} id={actor.id} />
      ) : (
        <span
          aria-hidden
          className="bg-sunken text-ink-muted grid size-7 shrink-0 place-items-center rounded-full [&_svg]:size-3.5"
        >
          {icons[topic]}
        </span>
      )}
      <span className="min-w-0 flex-1">
        <span className={isRead ? "text-ink-muted" : undefined}>
          {!isRead && <span className="sr-only">{t("unread")}: </span>}
          <NotificationText notification={notification} />
        </span>
        <RelativeTime value={happenedAt} className="text-ink-muted mt-0.5 block text-sm" />
      </span>
    </>
  );
  const className = "flex min-w-0 flex-1 items-start gap-3 rounded-md p-2 text-left outline-offset-[-2px]";
  return (
    <div className="group hover:bg-hover flex items-start rounded-md transition-colors">
      {path ? (
        <Link
          href={path}
          prefetch={false}
          className={className}
          onClick={() => {
            if (!isRead) onRead(id);
            onFollow?.();
          }}
        >
          {content}
        </Link>
      ) : (
        <div className={className}>{content}</div>
      )}
      <span className="grid size-10 shrink-0 place-items-center">
        {!isRead && (
          <IconButton
            size="sm"
            label={t("markRead")}
            onClick={() => onRead(id)}
            icon={
              <>
                <span
                  aria-hidden
                  className="bg-accent-vivid size-2 rounded-full group-focus-within:hidden group-hover:hidden"
                />
                <Check aria-hidden className="hidden group-focus-within:block group-hover:block" />
              </>
            }
          />
        )}
      </span>
    </div>
  );
}

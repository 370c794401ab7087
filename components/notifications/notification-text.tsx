"use client";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { NotificationView } from "#lib/notifications/schema.ts";
import { textKeyOf, textValuesOf } from "#lib/notifications/values.ts";

const strong = (chunks: ReactNode) => <strong className="font-semibold wrap-anywhere">{chunks}</strong>;

/** The sentence of a notification. */
export function NotificationText({ notification }: { notification: NotificationView }) {
  const t = useTranslations("notifications");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const key = textKeyOf(notification.kind);
  // told by a later version of the server
  if (!t.has(key)) return t("title");
  return t.rich(key, {
    ...textValuesOf(notification, { locale, timeZone, words: { somebody: t("somebody") } }),
    who: strong,
    what: strong,
  });
}

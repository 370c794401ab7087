"use client";
import { useLocale, useNow, useTimeZone } from "next-intl";
import { formatDate, formatRelative } from "#lib/i18n/format.ts";

/** "3 hours ago", kept current; the exact time on hover. Takes ISO 8601. */
export function RelativeTime({ value, className }: { value: string; className?: string }) {
  const locale = useLocale();
  const timeZone = useTimeZone();
  const now = useNow({ updateInterval: 60_000 });
  return (
    <time
      dateTime={value}
      title={formatDate(value, { locale, timeZone, style: "dateTime" })}
      className={className}
    >
      {formatRelative(value, now, locale)}
    </time>
  );
}

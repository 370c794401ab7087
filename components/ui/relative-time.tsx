"use client";
import { useLocale, useTimeZone } from "next-intl";
import { useClock } from "#components/clock.ts";
import { formatDate, formatRelative, type Tense } from "#lib/i18n/format.ts";

interface RelativeTimeProps {
  /** ISO 8601. */
  value: string;
  /** Whether it has happened or is to come: clocks that differ never turn the one into the other. */
  tense?: Tense;
  className?: string;
}

/** "3 hours ago", kept current; the exact time on hover. */
export function RelativeTime({ value, tense = "past", className }: RelativeTimeProps) {
  const locale = useLocale();
  const timeZone = useTimeZone();
  const now = useClock();
  return (
    <time
      dateTime={value}
      title={formatDate(value, { locale, timeZone, style: "dateTime" })}
      className={className}
    >
      {formatRelative(value, now, locale, tense)}
    </time>
  );
}

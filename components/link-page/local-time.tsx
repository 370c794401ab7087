"use client";
import { useSyncExternalStore } from "react";

interface LocalTimeProps {
  /** ISO 8601. */
  value: string;
  /** As the server writes it, which does not know where the reader is. */
  children: string;
}

/** A time zone does not change while a page is looked at. */
const never = () => () => undefined;

/** A moment in the reader's own time zone. */
export function LocalTime({ value, children }: LocalTimeProps) {
  const text = useSyncExternalStore(
    never,
    () => inBrowser(value),
    () => children,
  );
  return <time dateTime={value}>{text}</time>;
}

function inBrowser(value: string): string {
  const { lang } = document.documentElement;
  const format = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return format.format(new Date(value));
}

"use client";
import { useTimeZone } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { setCookie } from "#components/cookies.ts";
import { timeZoneCookie } from "#lib/i18n/locales.ts";

/** Tells the server this browser's time zone once, so that both render the same dates. */
export function TimeZoneCookie() {
  const rendered = useTimeZone();
  const router = useRouter();
  useEffect(() => {
    const actual = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!actual || actual === rendered) return;
    // refreshed only for a new value: engines may name one zone differently, and cookies may be off
    if (setCookie(timeZoneCookie, actual)) router.refresh();
  }, [rendered, router]);
  return null;
}

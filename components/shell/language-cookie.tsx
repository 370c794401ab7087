"use client";
import { useLocale } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { setCookie } from "#components/cookies.ts";
import { type Locale, localeCookie } from "#lib/i18n/locales.ts";

/** Makes this browser follow the language of the person's settings, also where they sign in for the first time. */
export function LanguageCookie({ language }: { language: Locale }) {
  const rendered = useLocale();
  const router = useRouter();
  useEffect(() => {
    if (language !== rendered && setCookie(localeCookie, language)) router.refresh();
  }, [language, rendered, router]);
  return null;
}

"use client";
import { useLocale, useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { setCookie } from "#components/cookies.ts";
import { localeCookie, localeNames, locales } from "#lib/i18n/locales.ts";

/** The languages by their own names, for people who are not signed in. */
export function LanguageSwitch() {
  const t = useTranslations("shell.person");
  const current = useLocale();
  const router = useRouter();
  return (
    <ul aria-label={t("language")} className="flex gap-1 text-sm">
      {locales.map((locale) => (
        <li key={locale}>
          <button
            type="button"
            lang={locale}
            aria-pressed={locale === current}
            onClick={() => {
              setCookie(localeCookie, locale);
              router.refresh();
            }}
            className="text-ink-muted hover:text-ink aria-pressed:text-ink min-h-6 rounded-sm px-1.5 transition-colors aria-pressed:font-medium pointer-coarse:min-h-10"
          >
            {localeNames[locale]}
          </button>
        </li>
      ))}
    </ul>
  );
}

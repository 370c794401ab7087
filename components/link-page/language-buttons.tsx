"use client";
import { setCookie } from "#components/cookies.ts";
import { type Locale, localeCookie, localeNames, locales } from "#lib/i18n/locales.ts";

/** The languages by their own names. The page is loaded anew: it carries no texts to draw itself again with. */
export function LanguageButtons({ label, current }: { label: string; current: Locale }) {
  return (
    <ul aria-label={label} className="flex gap-1">
      {locales.map((locale) => (
        <li key={locale}>
          <button
            type="button"
            lang={locale}
            aria-pressed={locale === current}
            onClick={() => {
              if (setCookie(localeCookie, locale)) location.reload();
            }}
            className="hover:text-ink aria-pressed:text-ink min-h-6 rounded-sm px-1.5 transition-colors aria-pressed:font-medium pointer-coarse:min-h-10"
          >
            {localeNames[locale]}
          </button>
        </li>
      ))}
    </ul>
  );
}

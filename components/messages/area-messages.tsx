"use client";
import { NextIntlClientProvider, useLocale, useMessages } from "next-intl";
import { type ReactNode, use, useMemo } from "react";
import { type Area, loadArea } from "#lib/i18n/areas/index.ts";
import { hints } from "./hints.tsx";

/**
 * Gives what is inside the messages of an area, beside those it has already. Until they are there nothing inside is
 * shown, or touched where the server has drawn it: no text is ever seen untranslated.
 */
export function AreaMessages({ area, children }: { area: Area; children: ReactNode }) {
  const locale = useLocale();
  const outer = useMessages();
  const own = use(loadArea(area, locale));
  const messages = useMemo(() => ({ ...outer, ...own }), [outer, own]);
  const Hint = hints[area][locale];
  return (
    <>
      {typeof window === "undefined" && <Hint />}
      <NextIntlClientProvider locale={locale} messages={messages}>
        {children}
      </NextIntlClientProvider>
    </>
  );
}

import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Mark } from "#components/ui/mark.tsx";
import { SkipLink } from "#components/ui/skip-link.tsx";
import { LanguageButtons } from "./language-buttons.tsx";

/** Around the pages of a link that are no viewer: nothing of an account, and who made this at the foot. */
export function LinkFrame({ children, isCentred = false }: { children: ReactNode; isCentred?: boolean }) {
  const t = useTranslations("link");
  const locale = useLocale();
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <main
        id="content"
        tabIndex={-1}
        className={`mx-auto w-full flex-1 px-4 outline-none sm:px-8 ${isCentred ? "grid max-w-100 content-center py-12" : "max-w-5xl pt-8 pb-16 sm:pt-14"}`}
      >
        {children}
      </main>
      <footer className="text-ink-muted mx-auto flex w-full max-w-5xl flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 pb-6 text-sm sm:px-8 print:hidden">
        <span className="flex items-center gap-2">
          <Mark className="size-5 shrink-0" />
          {t("by")}
        </span>
        <LanguageButtons label={t("language")} current={locale} />
      </footer>
    </div>
  );
}

import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { LanguageSwitch } from "#components/accounts/language-switch.tsx";
import { SheafPicture } from "#components/accounts/sheaf-picture.tsx";
import { Mark } from "#components/ui/mark.tsx";
import { Providers } from "../providers.tsx";

export default async function AuthLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations("common");
  return (
    <Providers>
      <div className="grid min-h-dvh lg:grid-cols-2">
        <div className="flex flex-col px-6 py-6 sm:px-10">
          <header className="text-md flex items-center gap-2.5 font-semibold">
            <Mark className="size-7" />
            {t("appName")}
          </header>
          <main id="content" className="mx-auto flex w-full max-w-90 flex-1 flex-col justify-center py-12">
            <AreaMessages area="auth">{children}</AreaMessages>
          </main>
          <footer>
            <LanguageSwitch />
          </footer>
        </div>
        <aside className="border-line bg-sunken flex flex-col items-center justify-center gap-12 border-l px-12 max-lg:hidden">
          <SheafPicture className="w-full max-w-100" />
          <p className="text-ink-muted max-w-100 text-center font-serif text-lg text-balance">
            {t("tagline")}
          </p>
        </aside>
      </div>
    </Providers>
  );
}

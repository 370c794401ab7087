import { NextIntlClientProvider } from "next-intl";
import { headers } from "next/headers";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { QueryProvider } from "#components/query-provider.tsx";
import { TimeZoneCookie } from "#components/shell/time-zone-cookie.tsx";
import { Toaster } from "#components/ui/toast.tsx";
import { TooltipLayer } from "#components/ui/tooltip-layer.tsx";
import { themeKey } from "./theme-script.tsx";

/** Everything the product's client components rely on: messages, data cache, theme, tooltips, toasts. */
export async function Providers({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    // no texts in the page: those that a part of the product needs are files of their own
    <NextIntlClientProvider messages={{}}>
      <AreaMessages area="frame">
        <ThemeProvider attribute="class" storageKey={themeKey} disableTransitionOnChange nonce={nonce}>
          <QueryProvider>
            {children}
            <TooltipLayer />
            <Toaster />
            <TimeZoneCookie />
          </QueryProvider>
        </ThemeProvider>
      </AreaMessages>
    </NextIntlClientProvider>
  );
}

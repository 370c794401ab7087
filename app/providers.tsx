import { NextIntlClientProvider } from "next-intl";
import { getMessages } from "next-intl/server";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { QueryProvider } from "#components/query-provider.tsx";
import { TimeZoneCookie } from "#components/shell/time-zone-cookie.tsx";
import { Toaster } from "#components/ui/toast.tsx";
import { TooltipProvider } from "#components/ui/tooltip.tsx";

/** Everything client components rely on: messages, data cache, theme, tooltips, toasts. */
export async function Providers({ nonce, children }: { nonce?: string; children: ReactNode }) {
  // mails are written on the server alone
  const { mail: _, ...messages } = await getMessages();
  return (
    <NextIntlClientProvider messages={messages}>
      <ThemeProvider attribute="class" storageKey="sheaf-theme" disableTransitionOnChange nonce={nonce}>
        <QueryProvider>
          <TooltipProvider>{children}</TooltipProvider>
          <Toaster />
          <TimeZoneCookie />
        </QueryProvider>
      </ThemeProvider>
    </NextIntlClientProvider>
  );
}

"use client";
import { fontVariables } from "./fonts.ts";
import "./globals.css";
import { MessagePage } from "#components/ui/message-page.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { defaultLocale } from "#lib/i18n/locales.ts";
import errors from "#lib/i18n/messages/en/errors.json" with { type: "json" };

/** The last resort, when even the frame failed: no messages, theme or scripts can be relied on here. */
export default function GlobalError() {
  return (
    <html lang={defaultLocale} className={fontVariables}>
      <body className="bg-paper text-ink min-h-dvh font-sans">
        <MessagePage
          title={errors.pageTitle}
          text={errors.pageText}
          // a full page load, because the running application is what broke
          actions={
            <a href="/" className={buttonClass({ variant: "primary" })}>
              {errors.toHome}
            </a>
          }
        />
      </body>
    </html>
  );
}

"use client";
import { fontVariables } from "./fonts.ts";
import "./globals.css";
import { MessagePage } from "#components/ui/message-page.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { defaultLocale } from "#lib/i18n/locales.ts";
import { failureTexts } from "./failure-texts.ts";

/** The last resort, when even the frame failed: no messages, theme or scripts can be relied on here. */
export default function GlobalError() {
  const { title, text, toHome } = failureTexts();
  return (
    <html lang={defaultLocale} className={fontVariables}>
      <body className="bg-paper text-ink min-h-dvh font-sans">
        <MessagePage
          title={title}
          text={text}
          // a full page load, because the running application is what broke
          actions={
            <a href="/" className={buttonClass({ variant: "primary" })}>
              {toHome}
            </a>
          }
        />
      </body>
    </html>
  );
}

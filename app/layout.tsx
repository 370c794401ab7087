import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { getLocale, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/source-serif-4/wght.css";
import "./globals.css";
import { fontVariables } from "./fonts.ts";
import { ThemeScript } from "./theme-script.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("common");
  return {
    title: { default: t("appName"), template: `%s · ${t("appName")}` },
    description: t("tagline"),
    applicationName: t("appName"),
    // pages are private or unlisted; nothing here is meant for search engines
    robots: { index: false, follow: false },
    manifest: "/manifest.webmanifest",
    icons: { icon: { url: "/icon.svg", type: "image/svg+xml" }, apple: "/apple-touch-icon.png" },
  };
}

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  // a keyboard on the screen makes the window smaller: what is at its bottom edge stays in sight
  interactiveWidget: "resizes-content",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fbfaf7" },
    { media: "(prefers-color-scheme: dark)", color: "#1a1815" },
  ],
};

/**
 * The frame of every page, without any script of its own: what client components rely on is given by the layouts of the
 * product's pages (`Providers`), so that the pages of public links load none of it.
 */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const [locale, requestHeaders] = await Promise.all([getLocale(), headers()]);
  return (
    // the theme's class is set before first paint, which React must not mind
    <html lang={locale} className={fontVariables} suppressHydrationWarning>
      <body className="bg-paper text-ink min-h-dvh font-sans">
        <ThemeScript nonce={requestHeaders.get("x-nonce") ?? undefined} />
        {children}
      </body>
    </html>
  );
}

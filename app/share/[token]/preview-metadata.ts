import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { linkPath } from "#components/link-page/addresses.ts";
import { env } from "#lib/env/index.ts";
import { cardSize } from "#lib/links/card.ts";
import { type OpenSharedView } from "#lib/links/schema.ts";

/** What other programs show of a link; null for a protected one, of which they are told nothing. */
export async function previewMetadata(token: string, told: OpenSharedView | null): Promise<Metadata> {
  const t = await getTranslations("link");
  const title = told?.resource.name ?? t("card.title");
  const description = told ? t("sharedBy", { name: told.ownerName }) : t("card.text");
  const alt = told ? t("card.alt", { name: title, owner: told.ownerName }) : t("card.altNeutral");
  const url = new URL(`${linkPath(token)}/card.png`, env.APP_URL).href;
  return {
    title,
    description,
    openGraph: {
      title,
      description,
      siteName: "Sheaf",
      type: "website",
      images: [{ url, alt, ...cardSize }],
    },
    twitter: { card: "summary_large_image", title, description, images: [{ url, alt }] },
  };
}

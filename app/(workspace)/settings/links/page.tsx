import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { LinksPage } from "#components/workspace-links/links-page.tsx";
import { workspaceLinksKey } from "#components/workspace-links/queries.ts";
import { requireActor } from "#lib/auth/index.ts";
import { listWorkspaceLinks } from "#lib/links/index.ts";
import { unlessRefused } from "../../unless-refused.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("links.workspace"))("title") };
}

export default async function Links() {
  const actor = await requireActor();
  const links = await unlessRefused(listWorkspaceLinks(actor, {}));
  return (
    <Hydrate entries={[[workspaceLinksKey(), links && firstPage(links)]]}>
      <LinksPage />
    </Hydrate>
  );
}

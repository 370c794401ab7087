import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { collectionListKey } from "#components/collections/queries.ts";
import { recentKey } from "#components/documents/queries.ts";
import { HomePage } from "#components/home/home-page.tsx";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { offersKey } from "#components/workspace/queries.ts";
import { requireActor } from "#lib/auth/index.ts";
import { listCollections } from "#lib/collections/index.ts";
import { listRecentDocuments } from "#lib/documents/index.ts";
import { listOffers } from "#lib/workspaces/index.ts";
import { CreateCollection } from "./plain-forms.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("home") };
}

export default async function Home() {
  const actor = await requireActor();
  // the layout loads the reader's own collections
  const [shared, recent, offers] = await Promise.all([
    listCollections(actor, { scope: "shared" }),
    listRecentDocuments(actor),
    listOffers(actor),
  ]);
  return (
    <Hydrate
      entries={[
        [collectionListKey("shared"), firstPage(shared)],
        [recentKey, firstPage(recent)],
        [offersKey, offers],
      ]}
    >
      <HomePage />
      <CreateCollection />
    </Hydrate>
  );
}

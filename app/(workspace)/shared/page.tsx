import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { collectionListKey } from "#components/collections/queries.ts";
import { documentListKey } from "#components/documents/queries.ts";
import { SharedPage } from "#components/home/shared-page.tsx";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { requireActor } from "#lib/auth/index.ts";
import { listCollections } from "#lib/collections/index.ts";
import { listDocuments } from "#lib/documents/index.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("shared") };
}

export default async function SharedWithMe() {
  const actor = await requireActor();
  const [collections, documents] = await Promise.all([
    listCollections(actor, { scope: "shared" }),
    listDocuments(actor, { scope: "shared" }),
  ]);
  return (
    <Hydrate
      entries={[
        [collectionListKey("shared"), firstPage(collections)],
        [documentListKey({ scope: "shared" }), firstPage(documents)],
      ]}
    >
      <SharedPage />
    </Hydrate>
  );
}

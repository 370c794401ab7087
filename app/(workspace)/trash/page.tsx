import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { collectionListKey } from "#components/collections/queries.ts";
import { documentListKey } from "#components/documents/queries.ts";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { TrashPage } from "#components/trash/trash-page.tsx";
import { requireActor } from "#lib/auth/index.ts";
import { listCollections } from "#lib/collections/index.ts";
import { listDocuments } from "#lib/documents/index.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("trash") };
}

export default async function Trash() {
  const actor = await requireActor();
  const [collections, documents] = await Promise.all([
    listCollections(actor, { scope: "trashed" }),
    listDocuments(actor, { scope: "trashed" }),
  ]);
  return (
    <Hydrate
      entries={[
        [collectionListKey("trashed"), firstPage(collections)],
        [documentListKey({ scope: "trashed" }), firstPage(documents)],
      ]}
    >
      <TrashPage />
    </Hydrate>
  );
}

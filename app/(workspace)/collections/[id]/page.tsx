import type { Metadata } from "next";
import { cookies } from "next/headers";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { CollectionPage } from "#components/collections/collection-page.tsx";
import { collectionKey } from "#components/collections/queries.ts";
import { documentListKey } from "#components/documents/queries.ts";
import { viewModeCookie, viewModeOf } from "#components/documents/view-mode.ts";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { requireActor } from "#lib/auth/index.ts";
import { getCollection } from "#lib/collections/index.ts";
import { listDocuments } from "#lib/documents/index.ts";
import { idSchema } from "#lib/http/schema.ts";
import { unlessRefused } from "../../unless-refused.ts";

interface Props {
  params: Promise<{ id: string }>;
}

/** A refusal is not an error of the page: the page asks again in the browser and says what it is told. */
const load = cache(async (id: string) => {
  const actor = await requireActor();
  if (!idSchema.safeParse(id).success) return {};
  const [collection, documents] = await Promise.all([
    unlessRefused(getCollection(actor, id)),
    unlessRefused(listDocuments(actor, { scope: "live", collectionId: id })),
  ]);
  return { collection, documents };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { collection } = await load((await params).id);
  return { title: collection?.name ?? (await getTranslations("collection"))("refusedTitle") };
}

export default async function Collection({ params }: Props) {
  const { id } = await params;
  const [{ collection, documents }, cookieStore] = await Promise.all([load(id), cookies()]);
  return (
    <Hydrate
      entries={[
        [collectionKey(id), collection],
        [documentListKey({ scope: "live", collectionId: id }), documents && firstPage(documents)],
      ]}
    >
      <CollectionPage key={id} id={id} initialView={viewModeOf(cookieStore.get(viewModeCookie)?.value)} />
    </Hydrate>
  );
}

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
import { PublicCollectionPage } from "#components/public-view/public-collection-page.tsx";
import { getCollection } from "#lib/collections/index.ts";
import { listDocuments } from "#lib/documents/index.ts";
import { collectionForbidden } from "#lib/errors/index.ts";
import { idSchema } from "#lib/http/schema.ts";
import { loadOpen } from "../../open-to-everyone.ts";
import { AddCollaborator, RenameCollection } from "../../plain-forms.tsx";
import { RefusedHere } from "../../refused-here.tsx";
import { unlessRefused } from "../../unless-refused.ts";

interface Props {
  params: Promise<{ id: string }>;
}

/** A refusal is not an error of the page: the page asks again in the browser and says what it is told. */
const load = cache((id: string) =>
  loadOpen(async (actor) => {
    if (!idSchema.safeParse(id).success) throw collectionForbidden();
    const [collection, documents] = await Promise.all([
      getCollection(actor, id),
      unlessRefused(listDocuments(actor, { scope: "live", collectionId: id })),
    ]);
    return { collection, documents };
  }),
);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { isPublic, found } = await load((await params).id);
  if (!found) return { title: (await getTranslations("collection"))("refusedTitle") };
  const title = found.collection.name;
  // what is sent along as an address is shown by its name
  return { title, ...(isPublic && { openGraph: { title, type: "website" } }) };
}

export default async function Collection({ params }: Props) {
  const { id } = await params;
  const [{ isPublic, found }, cookieStore] = await Promise.all([load(id), cookies()]);
  const initialView = viewModeOf(cookieStore.get(viewModeCookie)?.value);
  return (
    <Hydrate
      entries={[
        [collectionKey(id), found?.collection],
        [
          documentListKey({ scope: "live", collectionId: id }),
          found?.documents && firstPage(found.documents),
        ],
      ]}
    >
      {isPublic ? (
        <PublicCollectionPage key={id} id={id} initialView={initialView} />
      ) : (
        <CollectionPage
          key={id}
          id={id}
          initialView={initialView}
          refused={!found && <RefusedHere type="collection" id={id} />}
        />
      )}
      {found?.collection.abilities.canEdit && <RenameCollection collection={found.collection} />}
      {found?.collection.abilities.canShare && <AddCollaborator collection={found.collection} />}
    </Hydrate>
  );
}

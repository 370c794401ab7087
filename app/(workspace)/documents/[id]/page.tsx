import type { Metadata } from "next";
import { cookies } from "next/headers";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { DocumentPage } from "#components/documents/document-page.tsx";
import { documentKey } from "#components/documents/queries.ts";
import { detailsCookie } from "#components/documents/view-mode.ts";
import { Hydrate } from "#components/hydrate.tsx";
import { PublicDocumentPage } from "#components/public-view/public-document-page.tsx";
import { getDocument } from "#lib/documents/index.ts";
import { documentNotFound } from "#lib/errors/index.ts";
import { idSchema } from "#lib/http/schema.ts";
import { loadOpen } from "../../open-to-everyone.ts";
import { RefusedHere } from "../../refused-here.tsx";

interface Props {
  params: Promise<{ id: string }>;
}

/** A refusal is not an error of the page: the page asks again in the browser and says what it is told. */
const load = cache((id: string) =>
  loadOpen(async (actor) => {
    if (!idSchema.safeParse(id).success) throw documentNotFound();
    return getDocument(actor, id);
  }),
);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { isPublic, found } = await load((await params).id);
  if (!found) return { title: (await getTranslations("document"))("refusedTitle") };
  const title = found.name;
  // what is sent along as an address is shown by its name
  return { title, ...(isPublic && { openGraph: { title, type: "website" } }) };
}

export default async function Document({ params }: Props) {
  const { id } = await params;
  const [{ isPublic, found }, cookieStore] = await Promise.all([load(id), cookies()]);
  return (
    <Hydrate entries={[[documentKey(id), found]]}>
      {isPublic ? (
        <PublicDocumentPage key={id} id={id} />
      ) : (
        <DocumentPage
          key={id}
          id={id}
          areDetailsOpen={cookieStore.get(detailsCookie)?.value !== "closed"}
          refused={!found && <RefusedHere type="document" id={id} />}
        />
      )}
    </Hydrate>
  );
}

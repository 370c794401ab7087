import type { Metadata } from "next";
import { cookies } from "next/headers";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { DocumentPage } from "#components/documents/document-page.tsx";
import { documentKey } from "#components/documents/queries.ts";
import { detailsCookie } from "#components/documents/view-mode.ts";
import { Hydrate } from "#components/hydrate.tsx";
import { requireActor } from "#lib/auth/index.ts";
import { getDocument } from "#lib/documents/index.ts";
import { idSchema } from "#lib/http/schema.ts";
import { unlessRefused } from "../../unless-refused.ts";

interface Props {
  params: Promise<{ id: string }>;
}

/** A refusal is not an error of the page: the page asks again in the browser and says what it is told. */
const load = cache(async (id: string) => {
  const actor = await requireActor();
  return idSchema.safeParse(id).success ? unlessRefused(getDocument(actor, id)) : undefined;
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const document = await load((await params).id);
  return { title: document?.name ?? (await getTranslations("document"))("refusedTitle") };
}

export default async function Document({ params }: Props) {
  const { id } = await params;
  const [document, cookieStore] = await Promise.all([load(id), cookies()]);
  return (
    <Hydrate entries={[[documentKey(id), document]]}>
      <DocumentPage key={id} id={id} areDetailsOpen={cookieStore.get(detailsCookie)?.value !== "closed"} />
    </Hydrate>
  );
}

import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Hydrate } from "#components/hydrate.tsx";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { JoinPage } from "#components/workspace/join-page.tsx";
import { offersKey } from "#components/workspace/queries.ts";
import { getViewer, requireActor } from "#lib/auth/index.ts";
import { listOffers } from "#lib/workspaces/index.ts";
import { AcceptOffer } from "../plain-forms.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("people.join"))("title") };
}

export default async function Join() {
  const actor = await requireActor();
  const [viewer, offers] = await Promise.all([getViewer(), listOffers(actor)]);
  if (!viewer) redirect("/sign-in");
  return (
    <Hydrate entries={[[offersKey, offers]]}>
      <AreaMessages area="people">
        <JoinPage email={viewer.email} workspaceName={viewer.workspace.name} />
        {offers.items.map((offer) => offer.obstacle === null && <AcceptOffer key={offer.id} offer={offer} />)}
      </AreaMessages>
    </Hydrate>
  );
}

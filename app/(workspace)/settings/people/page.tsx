import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { PeoplePage } from "#components/workspace/people-page.tsx";
import { invitationsKey, outsidersKey, peopleKey } from "#components/workspace/queries.ts";
import { getViewer, requireActor } from "#lib/auth/index.ts";
import { listInvitations, listOutsiders, listPeople } from "#lib/workspaces/index.ts";
import { unlessRefused } from "../../unless-refused.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("people"))("title") };
}

export default async function People() {
  const actor = await requireActor();
  const [viewer, people, invitations, outsiders] = await Promise.all([
    getViewer(),
    unlessRefused(listPeople(actor, {})),
    unlessRefused(listInvitations(actor, {})),
    unlessRefused(listOutsiders(actor, {})),
  ]);
  if (!viewer) redirect("/sign-in");
  return (
    <Hydrate
      entries={[
        [peopleKey(), people && firstPage(people)],
        [invitationsKey, invitations && firstPage(invitations)],
        [outsidersKey(), outsiders && firstPage(outsiders)],
      ]}
    >
      <PeoplePage workspace={{ id: viewer.workspace.id, name: viewer.workspace.name }} />
    </Hydrate>
  );
}

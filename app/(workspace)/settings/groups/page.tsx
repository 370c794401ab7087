import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { GroupsPage } from "#components/groups/groups-page.tsx";
import { groupListKey } from "#components/groups/queries.ts";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { requireActor } from "#lib/auth/index.ts";
import { listGroups } from "#lib/groups/index.ts";
import { unlessRefused } from "../../unless-refused.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("groups"))("title") };
}

export default async function Groups() {
  const groups = await unlessRefused(listGroups(await requireActor(), {}));
  return (
    <Hydrate entries={[[groupListKey(), groups && firstPage(groups)]]}>
      <GroupsPage />
    </Hydrate>
  );
}

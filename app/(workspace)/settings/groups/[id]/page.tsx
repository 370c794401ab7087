import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { GroupPage } from "#components/groups/group-page.tsx";
import { groupKey, groupMembersKey, groupReachKey } from "#components/groups/queries.ts";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { requireActor } from "#lib/auth/index.ts";
import { getGroup, listMembers, listReach } from "#lib/groups/index.ts";
import { idSchema } from "#lib/http/schema.ts";
import { unlessRefused } from "../../../unless-refused.ts";

interface Props {
  params: Promise<{ id: string }>;
}

const load = cache(async (id: string) => {
  const actor = await requireActor();
  if (!idSchema.safeParse(id).success) return {};
  const [group, members, reach] = await Promise.all([
    unlessRefused(getGroup(actor, id)),
    unlessRefused(listMembers(actor, id, {})),
    unlessRefused(listReach(actor, id, {})),
  ]);
  return { group, members, reach };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { group } = await load((await params).id);
  return { title: group?.name ?? (await getTranslations("groups"))("title") };
}

export default async function Group({ params }: Props) {
  const { id } = await params;
  const { group, members, reach } = await load(id);
  return (
    <Hydrate
      entries={[
        [groupKey(id), group],
        [groupMembersKey(id), members && firstPage(members)],
        [groupReachKey(id), reach && firstPage(reach)],
      ]}
    >
      <GroupPage key={id} id={id} />
    </Hydrate>
  );
}

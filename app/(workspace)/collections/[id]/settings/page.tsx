import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { SettingsPage } from "#components/collection-settings/settings-page.tsx";
import { collectionKey } from "#components/collections/queries.ts";
import { Hydrate } from "#components/hydrate.tsx";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { grantsQuery } from "#components/sharing/queries.ts";
import { requireActor } from "#lib/auth/index.ts";
import { getCollection } from "#lib/collections/index.ts";
import { idSchema } from "#lib/http/schema.ts";
import { listGrants } from "#lib/sharing/index.ts";
import { RefusedHere } from "../../../refused-here.tsx";
import { unlessRefused } from "../../../unless-refused.ts";

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ tab?: string | string[] }>;
}

const load = cache(async (id: string) => {
  const actor = await requireActor();
  if (!idSchema.safeParse(id).success) return undefined;
  const collection = await unlessRefused(getCollection(actor, id));
  const { canEdit, canShare } = collection?.abilities ?? {};
  const grants =
    canEdit || canShare ? await unlessRefused(listGrants(actor, { type: "collection", id })) : undefined;
  return collection && { collection, grants };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const found = await load((await params).id);
  if (!found) return { title: (await getTranslations("collection"))("refusedTitle") };
  const t = await getTranslations("collectionSettings");
  return { title: t("pageTitle", { name: found.collection.name }) };
}

export default async function CollectionSettings({ params, searchParams }: Props) {
  const [{ id }, { tab }] = await Promise.all([params, searchParams]);
  const found = await load(id);
  return (
    <Hydrate
      entries={[
        [collectionKey(id), found?.collection],
        [grantsQuery({ type: "collection", id }).queryKey, found?.grants],
      ]}
    >
      <AreaMessages area="share">
        <SettingsPage
          key={id}
          id={id}
          initialTab={typeof tab === "string" ? tab : undefined}
          refused={!found && <RefusedHere type="collection" id={id} />}
        />
      </AreaMessages>
    </Hydrate>
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { shareGiversKey, shareListKey } from "#components/shares/queries.ts";
import { SharedPage } from "#components/shares/shared-page.tsx";
import { requireActor } from "#lib/auth/index.ts";
import { listShareGivers, listShares } from "#lib/shares/index.ts";
import { listSharesSchema } from "#lib/shares/schema.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("shared") };
}

interface SharedWithMeProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function SharedWithMe({ searchParams }: SharedWithMeProps) {
  const [actor, asked] = await Promise.all([requireActor(), searchParams]);
  // an address with what is no filter shows everything
  const chosen = listSharesSchema.omit({ cursor: true }).safeParse(asked).data ?? { sort: "newest" as const };
  const filter = { ...chosen, hidden: chosen.hidden ?? false };
  const [shares, givers] = await Promise.all([listShares(actor, filter), listShareGivers(actor)]);
  return (
    <Hydrate
      entries={[
        [shareListKey(filter), firstPage(shares)],
        [shareGiversKey, givers],
      ]}
    >
      <SharedPage initialFilter={filter} />
    </Hydrate>
  );
}

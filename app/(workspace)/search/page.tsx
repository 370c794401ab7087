import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { searchKey } from "#components/search/queries.ts";
import { SearchPage } from "#components/search/search-page.tsx";
import { requireActor } from "#lib/auth/index.ts";
import { search } from "#lib/search/index.ts";
import { searchQuerySchema } from "#lib/search/schema.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("search"))("title") };
}

type Params = Record<"q" | "type" | "collectionId", string | string[] | undefined>;

export default async function Search({ searchParams }: { searchParams: Promise<Params> }) {
  const actor = await requireActor();
  // what is no question, or is refused, the page finds out itself and says so
  const asked = searchQuerySchema.omit({ cursor: true }).safeParse(await searchParams);
  const found =
    asked.success && asked.data.q !== ""
      ? await search(actor, { ...asked.data, cursor: undefined }).catch(() => null)
      : null;
  const { q = "", type = null, collectionId = null } = asked.data ?? {};
  return (
    <Hydrate entries={found ? [[searchKey({ q, type, collectionId }), firstPage(found)]] : []}>
      <AreaMessages area="search">
        {/* another address is another question; typing alone does not come here */}
        <SearchPage key={q} />
      </AreaMessages>
    </Hydrate>
  );
}

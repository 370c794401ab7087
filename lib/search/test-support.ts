import { asOwner } from "#prisma/factories.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { search } from "./index.ts";
import { type SearchInput, type SearchHit } from "./schema.ts";

/** What a hit is called. */
export const nameOf = (hit: SearchHit): string =>
  hit.kind === "document"
    ? hit.document.name.text
    : hit.kind === "collection"
      ? hit.collection.name.text
      : hit.person.name.text;

/** Everything that is found, through all pages. */
export async function searchAll(actor: UserActor, input: Partial<SearchInput>): Promise<SearchHit[]> {
  const found: SearchHit[] = [];
  let cursor: string | undefined;
  do {
    const page = await search(actor, { q: "", ...input, cursor });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return found;
}

/** Gives a document a text as reading it does. */
export const giveText = (documentId: string, text: string, hasPages = true) =>
  asOwner("SELECT app.keep_text($1, $2, $3)", [documentId, text, hasPages]);

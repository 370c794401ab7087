import type { SearchHit } from "#lib/search/schema.ts";

/** Where a hit leads: a document to the page of the passage, with the first of the words looked for. */
export function hrefOf(hit: SearchHit): string {
  if (hit.kind === "collection") return `/collections/${hit.collection.id}`;
  if (hit.kind === "person") return "/settings/people";
  const { document, page, passage } = hit;
  const hash = new URLSearchParams();
  if (page !== null) hash.set("page", String(page));
  const first = passage?.marks[0];
  if (passage && first) hash.set("search", passage.text.slice(...first));
  return `/documents/${document.id}${hash.size > 0 ? `#${hash}` : ""}`;
}

export const idOf = (hit: SearchHit): string =>
  hit.kind === "document" ? hit.document.id : hit.kind === "collection" ? hit.collection.id : hit.person.id;

import type { UserActor } from "#lib/authz/actor.ts";
import { getCollection, listCollections } from "#lib/collections/index.ts";
import { getDocument, listDocuments } from "#lib/documents/index.ts";
import type { ListDocumentsInput } from "#lib/documents/schema.ts";
import type { People, Places } from "./people.ts";

/** A verb of the product, with what it is asked in the bench. */
export interface Asked {
  label: string;
  actor: UserActor;
  call(): Promise<unknown>;
}

const refused = (work: Promise<unknown>) => work.catch(() => null);

/** What is timed: the lists and reads that every page is made of. */
export function askedVerbs(people: People, places: Places): Asked[] {
  const { member, busy, owner, guest, stranger } = people;
  const list = (label: string, actor: UserActor, input: Partial<ListDocumentsInput>): Asked => ({
    label,
    actor,
    call: () => listDocuments(actor, { scope: "live", ...input }),
  });
  const read = (label: string, actor: UserActor, id: string): Asked => ({
    label,
    actor,
    call: () => refused(getDocument(actor, id)),
  });
  const shelves = (label: string, actor: UserActor, scope: "owned" | "shared" | "all"): Asked => ({
    label,
    actor,
    call: () => listCollections(actor, { scope }),
  });
  return [
    read("document, by a viewer", member, places.document),
    read("document, by its owner", owner, places.ownDocument),
    read("document, refused", stranger, places.document),
    { label: "collection, by a viewer", actor: member, call: () => getCollection(member, places.ordinary) },
    list("documents of a collection", member, { collectionId: places.ordinary }),
    list("… of the largest, by its owner", owner, { collectionId: places.largest }),
    list("… of the largest, by a viewer", busy, { collectionId: places.largest }),
    list("… of the largest, half-way down", busy, {
      collectionId: places.largest,
      cursor: places.middleOfLargest,
    }),
    list("… of the largest, a name not there", busy, { collectionId: places.largest, q: "no such name" }),
    list("recent, who sees 3 %", member, { scope: "recent" }),
    list("recent, who sees 50 %", busy, { scope: "recent" }),
    list("shared, who sees 3 %", member, { scope: "shared" }),
    list("shared, who sees 50 %", busy, { scope: "shared" }),
    list("shared, half-way down, 50 %", busy, { scope: "shared", cursor: places.middleOfLargest }),
    list("shared, a guest with 3 documents", guest, { scope: "shared" }),
    shelves("collections, who sees 3 %", member, "all"),
    shelves("collections, who sees 50 %", busy, "all"),
    shelves("collections, a guest with 1", guest, "all"),
  ];
}

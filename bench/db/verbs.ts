import type { UserActor } from "#lib/authz/actor.ts";
import { getCollection, listCollections } from "#lib/collections/index.ts";
import { getDocument, listDocuments } from "#lib/documents/index.ts";
import type { ListDocumentsInput } from "#lib/documents/schema.ts";
import type { People, Places } from "./people.ts";
import { type Plain, plainCollection, plainCollections, plainDocument, plainDocuments } from "./plain.ts";

/** A verb of the product, with what it is asked in the bench. */
export interface Asked {
  label: string;
  actor: UserActor;
  /** The same as a statement over the tables, for verbs that ask a function. */
  plain?: Plain;
  call(): Promise<unknown>;
}

const refused = (work: Promise<unknown>) => work.catch(() => null);

/** What is timed: the lists and reads that every page is made of. */
export function askedVerbs(people: People, places: Places): Asked[] {
  const { member, colleague, busy, owner, guest, stranger } = people;
  const list = (label: string, actor: UserActor, input: Partial<ListDocumentsInput>): Asked => ({
    label,
    actor,
    plain: plainDocuments({ scope: "live", ...input }),
    call: () => listDocuments(actor, { scope: "live", ...input }),
  });
  const read = (label: string, actor: UserActor, id: string): Asked => ({
    label,
    actor,
    plain: plainDocument(id),
    call: () => refused(getDocument(actor, id)),
  });
  const shelves = (label: string, actor: UserActor): Asked => ({
    label,
    actor,
    plain: plainCollections(),
    call: () => listCollections(actor, { scope: "all" }),
  });
  const shares: [string, UserActor][] = [
    ["who sees 1 %", member],
    ["who sees 10 %", colleague],
    ["who sees 50 %", busy],
    ["a guest with 3 documents", guest],
  ];
  const each = (ask: (who: string, actor: UserActor) => Asked) =>
    shares.map(([who, actor]) => ask(who, actor));
  return [
    read("document, by a viewer", member, places.document),
    read("document, by its owner", owner, places.ownDocument),
    read("document, refused", stranger, places.document),
    {
      label: "collection, by a viewer",
      actor: member,
      plain: plainCollection(places.ordinary),
      call: () => getCollection(member, places.ordinary),
    },
    list("documents of a collection", member, { collectionId: places.ordinary }),
    list("… of the largest, by its owner", owner, { collectionId: places.largest }),
    list("… of the largest, by a viewer", busy, { collectionId: places.largest }),
    list("… of the largest, half-way down", busy, {
      collectionId: places.largest,
      cursor: places.middleOfLargest,
    }),
    list("… of the largest, a name not there", busy, { collectionId: places.largest, q: "no such name" }),
    ...each((who, actor) => list(`recent, ${who}`, actor, { scope: "recent" })),
    ...each((who, actor) => list(`shared, ${who}`, actor, { scope: "shared" })),
    list("shared, half-way down, 50 %", busy, { scope: "shared", cursor: places.middleOfLargest }),
    ...each((who, actor) => list(`a common name, ${who}`, actor, { q: "document 39" })),
    ...each((who, actor) => list(`a name not there, ${who}`, actor, { q: "no such name" })),
    ...each((who, actor) => shelves(`collections, ${who}`, actor)),
  ];
}

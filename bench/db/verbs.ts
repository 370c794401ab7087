import type { UserActor } from "#lib/authz/actor.ts";
import { getCollection, listCollections } from "#lib/collections/index.ts";
import { getDocument, listDocuments, listRecentDocuments } from "#lib/documents/index.ts";
import type { ListDocumentsInput } from "#lib/documents/schema.ts";
import type { People, Targets } from "./people.ts";
import {
  type Plain,
  plainCollection,
  plainCollections,
  plainDocument,
  plainDocuments,
  plainRecent,
} from "./plain.ts";

/** A verb of the product with its arguments in the bench. */
export interface Asked {
  label: string;
  actor: UserActor;
  /** For verbs that call a function: the same as a statement over the tables. */
  plain?: Plain;
  call(): Promise<unknown>;
}

const refused = (work: Promise<unknown>) => work.catch(() => null);

/** The timed verbs: the lists and reads of every page. */
export function askedVerbs(people: People, targets: Targets): Asked[] {
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
  const recent = (who: string, actor: UserActor): Asked => ({
    label: `recent, ${who}`,
    actor,
    plain: plainRecent(targets.recent[actor.id]!),
    call: () => listRecentDocuments(actor),
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
    read("document, by a viewer", member, targets.document),
    read("document, by its owner", owner, targets.ownDocument),
    read("document, refused", stranger, targets.document),
    {
      label: "collection, by a viewer",
      actor: member,
      plain: plainCollection(targets.ordinary),
      call: () => getCollection(member, targets.ordinary),
    },
    list("documents of a collection", member, { collectionId: targets.ordinary }),
    list("… of the largest, by its owner", owner, { collectionId: targets.largest }),
    list("… of the largest, by a viewer", busy, { collectionId: targets.largest }),
    list("… of the largest, half-way down", busy, {
      collectionId: targets.largest,
      cursor: targets.middleOfLargest,
    }),
    list("… of the largest, a name not there", busy, { collectionId: targets.largest, q: "no such name" }),
    ...each(recent),
    ...each((who, actor) => list(`shared, ${who}`, actor, { scope: "shared" })),
    list("shared, half-way down, 50 %", busy, { scope: "shared", cursor: targets.middleOfLargest }),
    ...each((who, actor) => list(`a common name, ${who}`, actor, { q: "document 39" })),
    ...each((who, actor) => list(`a name not there, ${who}`, actor, { q: "no such name" })),
    ...each((who, actor) => shelves(`collections, ${who}`, actor)),
  ];
}

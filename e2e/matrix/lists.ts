import { Faults, type Findings } from "./findings.ts";
import { isSomebody, type Persona, type PersonaName, personaNames, personas, rightsOf } from "./rules.ts";
import type { Wire } from "../support/wire.ts";
import {
  collectionFacts,
  type CollectionKey,
  collectionKeys,
  documentFacts,
  type DocumentKey,
  documentKeys,
} from "./world/facts.ts";
import type { World } from "./world/world.ts";

interface Thing {
  collection: CollectionKey;
  document?: DocumentKey;
}
type Holds = (who: PersonaName, thing: Required<Thing>) => boolean;
type HoldsCollection = (who: PersonaName, collection: CollectionKey) => boolean;

const sees = (who: PersonaName, collection: CollectionKey, document?: DocumentKey) =>
  rightsOf(who, collectionFacts[collection], document && documentFacts[document]).has("view_documents");
/** What everyone may open is unlisted: only what was given to somebody themselves is in their lists. */
const isGiven = (who: PersonaName, collection: CollectionKey) => {
  const { visibility } = collectionFacts[collection];
  return sees(who, visibility === "public" ? "closed" : collection);
};
const isLive = (collection: CollectionKey, document?: DocumentKey) =>
  !collectionFacts[collection].isTrashed && (!document || documentFacts[document].state === "live");
const isOwn = (who: PersonaName, document: DocumentKey) => documentFacts[document].owner === who;
const disposes = (who: PersonaName, collection: CollectionKey) => {
  const rights = rightsOf(who, collectionFacts[collection]);
  return rights.has("manage_permissions") && rights.has("delete_any_documents");
};
/** Of what was shared with them singly people may bring back, too, but their trash does not list it. */
const deletes = (who: PersonaName, collection: CollectionKey, document: DocumentKey) => {
  const rights = rightsOf(who, collectionFacts[collection], documentFacts[document]);
  const isAround = rightsOf(who, collectionFacts[collection]).has("delete_any_documents");
  return (
    (rights.has("delete_any_documents") && isAround) ||
    (rights.has("delete_own_documents") && isOwn(who, document))
  );
};
const isListed: Holds = (who, { collection, document }) => {
  const { documentGrant, ended }: Persona = personas[who];
  const isSingly = documentGrant && !ended && documentFacts[document].mode !== "private";
  return (
    isLive(collection, document) &&
    sees(who, collection, document) &&
    (isGiven(who, collection) || Boolean(isSingly))
  );
};

const collectionLists: Record<string, HoldsCollection> = {
  all: (who, collection) => isLive(collection) && isGiven(who, collection),
  owned: (who, collection) => isLive(collection) && who === "owner",
  shared: (who, collection) => isLive(collection) && isGiven(who, collection) && who !== "owner",
  trashed: (who, collection) => !isLive(collection) && disposes(who, collection),
};
const documentLists: Record<string, Holds> = {
  live: isListed,
  shared: (who, thing) => isListed(who, thing) && !isOwn(who, thing.document),
  trashed: (who, { collection, document }) =>
    !collectionFacts[collection].isTrashed &&
    documentFacts[document].state === "trashed" &&
    deletes(who, collection, document),
};

const isInList = (list: string, who: PersonaName, { collection, document }: Thing): boolean => {
  if (!document) return collectionLists[list]!(who, collection);
  return documentLists[list]!(who, { collection, document });
};

/** Everybody's lists hold of the collections and their documents exactly what they may see there, and name nothing else. */
export async function tryLists(world: World, wire: Wire): Promise<Findings> {
  const faults = new Faults();
  const collections: Thing[] = collectionKeys.map((collection) => ({ collection }));
  const documents: Required<Thing>[] = collectionKeys.flatMap((collection) =>
    documentKeys.map((document) => ({ collection, document })),
  );
  const asked: [path: string, list: string, things: Thing[]][] = [
    ...Object.keys(collectionLists).map((list): [string, string, Thing[]] => [
      `/api/v1/collections?scope=${list}`,
      ...([list, collections] as const),
    ]),
    ...Object.keys(documentLists).map((list): [string, string, Thing[]] => [
      `/api/v1/documents?scope=${list}`,
      ...([list, documents] as const),
    ]),
  ];
  const people = personaNames.filter(isSomebody);
  await Promise.all(
    people.flatMap((who) =>
      asked.map(async ([path, list, things]) => {
        const { body } = await wire.ask({ method: "GET", path, headers: world.headers[who] });
        for (const thing of things) {
          const { collection, document } = thing;
          const id = document ? world.shared[collection].documents[document] : world.shared[collection].id;
          const isThere = (JSON.parse(body) as { items: { id: string }[] }).items.some(
            (item) => item.id === id,
          );
          if (isThere !== isInList(list, who, thing))
            faults.add(path, who, `${isThere ? "holds" : "lacks"} ${collection} ${document ?? ""}`);
        }
      }),
    ),
  );
  // of what they tried to open, which is everything
  await Promise.all(
    people.map(async (who) => {
      const headers = world.headers[who];
      for (const { collection, document } of documents) {
        const id = world.shared[collection].documents[document];
        await wire.ask({ method: "POST", path: `/api/v1/documents/${id}/open`, headers, body: {} });
      }
      const path = "/api/v1/me/recent-documents";
      const { body } = await wire.ask({ method: "GET", path, headers });
      const listed = (JSON.parse(body) as { items: { id: string }[] }).items.map(({ id }) => id);
      // fewer than one page holds, and opened last
      for (const { collection, document } of documents) {
        const isThere = listed.includes(world.shared[collection].documents[document]);
        if (isThere !== (isLive(collection, document) && sees(who, collection, document)))
          faults.add(path, who, `${isThere ? "holds" : "lacks"} ${collection} ${document}`);
      }
    }),
  );
  // of each collection by itself
  await Promise.all(
    people.flatMap((who) =>
      collectionKeys
        .filter((collection) => isLive(collection) && sees(who, collection))
        .flatMap((collection) =>
          (["live", "trashed"] as const).map(async (scope) => {
            const path = `/api/v1/documents?scope=${scope}&collectionId=${world.shared[collection].id}`;
            const { body } = await wire.ask({ method: "GET", path, headers: world.headers[who] });
            const names = (JSON.parse(body) as { items: { name: string }[] }).items.map(({ name }) => name);
            const wanted = documentKeys.filter((document) =>
              scope === "live"
                ? isLive(collection, document) && sees(who, collection, document)
                : documentFacts[document].state === "trashed" && deletes(who, collection, document),
            );
            const expected = wanted.map((document) => `${document} ${world.shared[collection].canary}.txt`);
            if (names.toSorted().join() !== expected.toSorted().join())
              faults.add(`${scope} of ${collection}`, who, `${names.join()} instead of ${expected.join()}`);
          }),
        ),
    ),
  );
  return { cells: people.length * asked.length, compared: 0, faults: faults.list() };
}

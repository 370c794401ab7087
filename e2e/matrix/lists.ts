import { Faults, type Findings } from "./findings.ts";
import { isSomebody, type Persona, type PersonaName, personaNames, personas, rightsOf } from "./rules.ts";
import type { Wire } from "../support/wire.ts";
import {
  documentFacts,
  type DocumentKey,
  documentKeys,
  placeFacts,
  type PlaceKey,
  placeKeys,
  type World,
} from "./world.ts";

interface Thing {
  place: PlaceKey;
  document?: DocumentKey;
}
type Holds = (who: PersonaName, thing: Required<Thing>) => boolean;
type HoldsCollection = (who: PersonaName, place: PlaceKey) => boolean;

const sees = (who: PersonaName, place: PlaceKey, document?: DocumentKey) =>
  rightsOf(who, placeFacts[place], document && documentFacts[document]).has("view_documents");
/** What everyone may open is unlisted: only what was given to somebody themselves is in their lists. */
const isGiven = (who: PersonaName, place: PlaceKey) => {
  const { visibility } = placeFacts[place];
  return sees(who, visibility === "public" ? "closed" : place);
};
const isLive = (place: PlaceKey, document?: DocumentKey) =>
  !placeFacts[place].isTrashed && (!document || documentFacts[document].state === "live");
const isOwn = (who: PersonaName, document: DocumentKey) => documentFacts[document].owner === who;
const disposes = (who: PersonaName, place: PlaceKey) => {
  const rights = rightsOf(who, placeFacts[place]);
  return rights.has("manage_permissions") && rights.has("delete_any_documents");
};
/** Of what was shared with them singly people may bring back, too, but their trash does not list it. */
const deletes = (who: PersonaName, place: PlaceKey, document: DocumentKey) => {
  const rights = rightsOf(who, placeFacts[place], documentFacts[document]);
  const isAround = rightsOf(who, placeFacts[place]).has("delete_any_documents");
  return (
    (rights.has("delete_any_documents") && isAround) ||
    (rights.has("delete_own_documents") && isOwn(who, document))
  );
};
const isListed: Holds = (who, { place, document }) => {
  const { documentGrant, ended }: Persona = personas[who];
  const isSingly = documentGrant && !ended && documentFacts[document].mode !== "private";
  return isLive(place, document) && sees(who, place, document) && (isGiven(who, place) || Boolean(isSingly));
};

const collectionLists: Record<string, HoldsCollection> = {
  all: (who, place) => isLive(place) && isGiven(who, place),
  owned: (who, place) => isLive(place) && who === "owner",
  shared: (who, place) => isLive(place) && isGiven(who, place) && who !== "owner",
  trashed: (who, place) => !isLive(place) && disposes(who, place),
};
const documentLists: Record<string, Holds> = {
  live: isListed,
  recent: isListed,
  shared: (who, thing) => isListed(who, thing) && !isOwn(who, thing.document),
  trashed: (who, { place, document }) =>
    !placeFacts[place].isTrashed &&
    documentFacts[document].state === "trashed" &&
    deletes(who, place, document),
};

const isInList = (list: string, who: PersonaName, { place, document }: Thing): boolean => {
  if (!document) return collectionLists[list]!(who, place);
  return documentLists[list]!(who, { place, document });
};

/** Everybody's lists hold of the places and their documents exactly what they may see there, and name nothing else. */
export async function tryLists(world: World, wire: Wire): Promise<Findings> {
  const faults = new Faults();
  const collections: Thing[] = placeKeys.map((place) => ({ place }));
  const documents: Thing[] = placeKeys.flatMap((place) =>
    documentKeys.map((document) => ({ place, document })),
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
          const { place, document } = thing;
          const id = document ? world.shared[place].documents[document] : world.shared[place].id;
          const isThere = (JSON.parse(body) as { items: { id: string }[] }).items.some(
            (item) => item.id === id,
          );
          if (isThere !== isInList(list, who, thing))
            faults.add(path, who, `${isThere ? "holds" : "lacks"} ${place} ${document ?? ""}`);
        }
      }),
    ),
  );
  // of each place by itself
  await Promise.all(
    people.flatMap((who) =>
      placeKeys
        .filter((place) => isLive(place) && sees(who, place))
        .flatMap((place) =>
          (["live", "trashed"] as const).map(async (scope) => {
            const path = `/api/v1/documents?scope=${scope}&collectionId=${world.shared[place].id}`;
            const { body } = await wire.ask({ method: "GET", path, headers: world.headers[who] });
            const names = (JSON.parse(body) as { items: { name: string }[] }).items.map(({ name }) => name);
            const wanted = documentKeys.filter((document) =>
              scope === "live"
                ? isLive(place, document) && sees(who, place, document)
                : documentFacts[document].state === "trashed" && deletes(who, place, document),
            );
            const expected = wanted.map((document) => `${document} ${world.shared[place].canary}.txt`);
            if (names.toSorted().join() !== expected.toSorted().join())
              faults.add(`${scope} of ${place}`, who, `${names.join()} instead of ${expected.join()}`);
          }),
        ),
    ),
  );
  return { cells: people.length * asked.length, compared: 0, faults: faults.list() };
}

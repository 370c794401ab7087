import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { worldOf } from "#lib/authz/worlds/generate.ts";
import { isLive, isSuspended, rightsOf, workspaceOf } from "#lib/authz/worlds/model.ts";
import { clearWorlds, type StoredWorld, storeWorlds } from "#lib/authz/worlds/store.ts";
import { storm } from "#lib/authz/worlds/storm.ts";
import { holds, type World } from "#lib/authz/worlds/world.ts";
import { giveText, searchAll } from "./test-support.ts";
import { type SearchHit } from "./schema.ts";

// Whatever happened to rights in a world, its people find what the model lets them open, with the words around it, and
// nothing else: neither in results, nor in passages, nor by going on.
const count = Math.max(30, Math.ceil(Number(process.env.SHEAF_TEST_WORLDS ?? 0) / 25));
const seed = Number(process.env.SHEAF_TEST_SEED ?? Math.floor(Math.random() * 1e9));

const clients = Array.from(
  { length: 4 },
  () => new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL }),
);
const [owner] = clients as [pg.Client];
beforeAll(() => Promise.all(clients.map((client) => client.connect())));
beforeEach(() => clearWorlds(owner));
afterAll(() => Promise.all(clients.map((client) => client.end())));

/** The same world as if nothing were open to everyone: that is in no list. */
const unlisted = (world: World): World => ({
  ...world,
  collections: world.collections.map((collection) =>
    (collection.opensTo ?? collection.visibility) === "public"
      ? { ...collection, visibility: "private", opensTo: null }
      : collection,
  ),
});
const sees = (world: World, person: number, resource: { collection: number } | { document: number }) =>
  isLive(world, resource) && (rightsOf(world, { person }, resource) & 1) !== 0;

const idsOf = (hits: SearchHit[], kind: SearchHit["kind"]) =>
  hits
    .flatMap((hit) => {
      if (hit.kind !== kind) return [];
      return hit.kind === "document"
        ? [hit.document.id]
        : hit.kind === "collection"
          ? [hit.collection.id]
          : [hit.person.id];
    })
    .sort();
const kept = (ids: string[], isKept: (index: number) => boolean) =>
  ids.filter((_, index) => isKept(index)).sort();

it(
  "everybody finds what they may open, and nothing else",
  async () => {
    const seeds = Array.from({ length: count }, (_, index) => seed + index);
    const worlds = await storeWorlds(owner, seeds.map(worldOf));
    for (const { ids } of worlds)
      for (const [index, id] of ids.documents.entries())
        await giveText(id, `zebra text ${index}\fsecret${index} of ${id}`);
    await storm(clients, worlds);
    for (const [index, stored] of worlds.entries())
      for (const person of stored.world.people.keys())
        try {
          await compare(stored, person);
        } catch (error) {
          throw new Error(`Person ${person} in the world of seed ${seeds[index]}: ${String(error)}`, {
            cause: error,
          });
        }
  },
  60_000 + count * 4_000,
);

async function compare({ world, ids }: StoredWorld, person: number): Promise<void> {
  const actor = { kind: "user", id: ids.people[person]! } as const;
  const listed = unlisted(world);
  const documents = kept(ids.documents, (document) => sees(listed, person, { document }));
  const byName = await searchAll(actor, { q: "document" });
  const byText = await searchAll(actor, { q: "zebra" });
  expect(idsOf(byName, "document")).toEqual(documents);
  expect(idsOf(byText, "document")).toEqual(documents);
  for (const hit of byText) {
    if (hit.kind !== "document") throw new Error("Only documents have texts");
    const collection = ids.collections.indexOf(hit.document.collection.id);
    expect(hit.passage?.text).toContain("zebra");
    if (!sees(world, person, { collection })) expect(hit.document.collection.name).toBe(null);
  }
  const collections = await searchAll(actor, { q: "collection", type: "collection" });
  expect(idsOf(collections, "collection")).toEqual(
    kept(ids.collections, (collection) => sees(listed, person, { collection })),
  );
  const isMember = !isSuspended(world, person) && !holds(world.people[person]!.isGuest);
  const people = await searchAll(actor, { q: "person", type: "person" });
  expect(idsOf(people, "person")).toEqual(
    kept(
      ids.people,
      (other) =>
        isMember &&
        workspaceOf(world, other) === workspaceOf(world, person) &&
        !isSuspended(world, other) &&
        !holds(world.people[other]!.isGuest),
    ),
  );
  // what is asked for exactly, or nearly, shows no more
  for (const [document, id] of ids.documents.entries()) {
    const isSeen = documents.includes(id);
    for (const q of [`secret${document}`, `sekret${document}`]) {
      const found = (await searchAll(actor, { q })).filter((hit) => hit.kind === "document");
      expect(found.every((hit) => documents.includes(hit.document.id))).toBe(true);
      if (q.startsWith("secret")) expect(found.some((hit) => hit.document.id === id)).toBe(isSeen);
    }
  }
  for (const [collection, collectionId] of ids.collections.entries()) {
    const found = await searchAll(actor, { q: "zebra", collectionId }).then(
      (hits) => idsOf(hits, "document"),
      (error: { code?: string }) => error.code,
    );
    const inside = kept(
      ids.documents,
      (document) => world.documents[document]!.collection === collection && sees(world, person, { document }),
    );
    expect(found).toEqual(sees(world, person, { collection }) ? inside : "forbidden");
  }
}

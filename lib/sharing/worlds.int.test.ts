import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type UserActor } from "#lib/authz/actor.ts";
import { allPermissions, allows, maskOf } from "#lib/authz/permissions.ts";
import { worldOf } from "#lib/authz/worlds/generate.ts";
import { isLive, isSuspended, rightsOf, workspaceOf } from "#lib/authz/worlds/model.ts";
import { clearWorlds, resourceId, type StoredWorld, storeWorlds } from "#lib/authz/worlds/store.ts";
import { storm } from "#lib/authz/worlds/storm.ts";
import { holds, type WorldResource, resourcesOf, type World } from "#lib/authz/worlds/world.ts";
import { listCollections } from "#lib/collections/index.ts";
import { listDocuments } from "#lib/documents/index.ts";
import { accessModes } from "#lib/documents/schema.ts";
import { type SimulationView } from "./access-schema.ts";
import {
  check,
  effectivePermissions,
  explain,
  listAccess,
  type ResourceRef,
  simulateRemoval,
} from "./index.ts";

// The engine itself is compared in every world (lib/authz/worlds); here what the verbs make of it, in a part of them.
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

const actorOf = ({ ids }: StoredWorld, person: number): UserActor => ({
  kind: "user",
  id: ids.people[person]!,
});
const refOf = ({ ids }: StoredWorld, resource: WorldResource): ResourceRef => ({
  type: "collection" in resource ? "collection" : "document",
  id: resourceId(ids, resource),
});
const everybody = ({ people }: World) => people.map((_, person) => person);

/** What a person may do now: nothing to what lies in the trash. */
const mayNow = (world: World, person: number, resource: WorldResource): number =>
  isLive(world, resource) ? rightsOf(world, { person }, resource) : 0;
/** The same world as if nothing were open to everyone: that is in no list. */
const unlisted = (world: World): World => ({
  ...world,
  collections: world.collections.map((collection) =>
    (collection.opensTo ?? collection.visibility) === "public"
      ? { ...collection, visibility: "private", opensTo: null }
      : collection,
  ),
});
/** The same world as if nothing were open to workspaces or everyone. */
const closed = (world: World): World => ({
  ...world,
  collections: world.collections.map((collection) => ({
    ...collection,
    visibility: "private",
    opensTo: null,
  })),
});

/** What a group alone gives in place of somebody who is in it: a private document is not closed to its owner. */
function givenBy(world: World, group: number, resource: WorldResource, member: number): number {
  const person = world.people.length;
  const isClosedTo = ({ owner }: World["documents"][number]) =>
    owner !== member || isSuspended(world, member);
  const newcomer: World["people"][number] = {
    workspace: world.groups[group]!.workspace,
    movesTo: null,
    isAdmin: false,
    isSystemAdmin: false,
    isGuest: "never",
    isSuspended: "never",
  };
  const after: World = {
    ...closed(world),
    documents: world.documents.map((document) =>
      document.mode !== "private" || isClosedTo(document) ? document : { ...document, mode: "collection" },
    ),
    people: [...world.people, newcomer],
    memberships: [...world.memberships, { group, person, exists: "before" }],
  };
  return rightsOf(after, { person }, resource);
}

/** There for nobody, whoever asks about access to it. */
const isPending = (world: World, resource: WorldResource) =>
  "document" in resource && world.documents[resource.document]!.status === "pending";

/** Somebody who manages a resource, and whom they may know of: the people of their workspace. */
function managerOf({ world }: StoredWorld, resource: WorldResource) {
  if (isPending(world, resource)) return null;
  const manager = everybody(world).find(
    (person) =>
      (rightsOf(world, { person }, resource) & 513) === 513 && !holds(world.people[person]!.isGuest),
  );
  if (manager === undefined) return null;
  const known = everybody(world).filter(
    (person) => workspaceOf(world, person) === workspaceOf(world, manager),
  );
  return { manager, known };
}

/** Runs through worlds one after the other, each told by its seed when something in it is wrong. */
async function throughWorlds(visit: (stored: StoredWorld, index: number) => Promise<void>): Promise<void> {
  const seeds = Array.from({ length: count }, (_, index) => seed + index);
  const worlds = await storeWorlds(owner, seeds.map(worldOf));
  await storm(clients, worlds);
  for (const [index, stored] of worlds.entries()) {
    try {
      await visit(stored, index);
    } catch (error) {
      throw new Error(`In the world of seed ${seeds[index]}: ${String(error)}`, { cause: error });
    }
  }
}
/** One collection and one document of a world, others in the next. */
const twoResources = ({ collections, documents }: World, index: number): WorldResource[] => [
  { collection: index % collections.length },
  { document: index % documents.length },
];

const maskOrRefusal = (answer: Promise<Parameters<typeof maskOf>[0]>) =>
  answer.then(maskOf, (error: { code?: string }) => error.code ?? error);
const allowed = (explanation: Awaited<ReturnType<typeof explain>>) =>
  explanation.permissions.filter(({ isAllowed }) => isAllowed).map(({ permission }) => permission);
const ids = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id).sort();
const timeoutMs = 60_000 + count * 4_000;

describe("in random worlds", () => {
  it(
    "check and effectivePermissions answer everybody what the model does",
    () =>
      throughWorlds(async (stored, index) => {
        const { world } = stored;
        for (const resource of twoResources(world, index)) {
          const ref = refOf(stored, resource);
          for (const person of everybody(world)) {
            const actor = actorOf(stored, person);
            const mask = rightsOf(world, { person }, resource);
            const permission = allPermissions[(index + person) % allPermissions.length]!;
            // whoever does not see a resource does nothing to it, whatever else their role holds
            const now = mayNow(world, person, resource);
            expect(await check(actor, permission, ref)).toBe((now & 1) !== 0 && allows(now, permission));
            // the trash is there for those who manage it
            const isThere = isLive(world, resource) || ((mask & 512) !== 0 && !isPending(world, resource));
            const isShown = (mask & 1) !== 0 && isThere;
            const refused = ref.type === "collection" ? "forbidden" : "not_found";
            expect(await maskOrRefusal(effectivePermissions(actor, ref))).toBe(
              isShown ? mayNow(world, person, resource) : refused,
            );
          }
          const open = isLive(world, resource) ? rightsOf(world, "everyone", resource) : 0;
          expect(await check({ kind: "everyone" }, "view_documents", ref)).toBe((open & 1) !== 0);
        }
      }),
    timeoutMs,
  );

  it(
    "explain and the list of people tell the model's masks, with the paths that give them",
    () =>
      throughWorlds(async (stored, index) => {
        const { world } = stored;
        for (const resource of twoResources(world, index)) {
          const found = managerOf(stored, resource);
          if (!found) continue;
          const manager = actorOf(stored, found.manager);
          const ref = refOf(stored, resource);
          const { items } = await listAccess(manager, ref, {});
          for (const person of found.known) {
            const truth = mayNow(world, person, resource);
            const explanation = await explain(manager, ref, stored.ids.people[person]);
            expect(maskOf(allowed(explanation))).toBe(truth);
            const active = explanation.permissions.flatMap(({ paths }) =>
              paths.filter(({ state }) => state === "active"),
            );
            if (!isSuspended(world, person))
              expect(maskOf(active.flatMap(({ permissions }) => permissions))).toBe(
                rightsOf(world, { person }, resource),
              );
            const item = items.find((entry) => entry.person.id === stored.ids.people[person]);
            // those who are in by workspace or everyone alone are told of beside the list
            const isListed = mayNow(closed(world), person, resource) !== 0;
            expect(item ? maskOf(item.permissions) : 0).toBe(isListed || item ? truth : 0);
          }
        }
      }),
    timeoutMs,
  );

  it(
    "lists hold what one was given, and of it all that one may see",
    () =>
      throughWorlds(async (stored) => {
        const { world } = stored;
        const given = unlisted(world);
        for (const person of everybody(world)) {
          const actor = actorOf(stored, person);
          const seen = (of: World, resources: WorldResource[]) =>
            resources
              .filter((resource) => (mayNow(of, person, resource) & 1) !== 0)
              .map((resource) => resourceId(stored.ids, resource))
              .sort();
          const collections = world.collections.map((_, collection) => ({ collection }));
          expect(ids(await listCollections(actor, { scope: "all" }))).toEqual(seen(given, collections));
          const others = world.documents
            .map((document, index) => ({ document: index, ...document }))
            .filter((document) => document.owner !== person)
            .map(({ document }) => ({ document }));
          expect(ids(await listDocuments(actor, { scope: "shared" }))).toEqual(seen(given, others));
          for (const resource of collections) {
            const inside = resourcesOf(world).filter(
              (inner) =>
                "document" in inner && world.documents[inner.document]!.collection === resource.collection,
            );
            const listed = listDocuments(actor, {
              scope: "live",
              collectionId: resourceId(stored.ids, resource),
            });
            const isSeen = (mayNow(world, person, resource) & 1) !== 0;
            expect(await listed.then(ids, (error: { code?: string }) => error.code)).toEqual(
              isSeen ? seen(world, inside) : "forbidden",
            );
          }
        }
      }),
    timeoutMs,
  );

  it(
    "a simulated removal, or another mode, loses what the world without it lacks",
    () =>
      throughWorlds(async (stored, index) => {
        const { world } = stored;
        for (const resource of twoResources(world, index)) {
          const found = managerOf(stored, resource);
          if (!found) continue;
          const manager = actorOf(stored, found.manager);
          const ref = refOf(stored, resource);
          const simulated = (input: Parameters<typeof simulateRemoval>[2]) =>
            simulateRemoval(manager, ref, input);
          const expectLosses = (told: SimulationView, after: World, people: number[]) => {
            const losses = new Map(told.people.map((one) => [one.person.id, one]));
            for (const person of people) {
              const [had, has] = [world, after].map((of) => rightsOf(of, { person }, resource)) as [
                number,
                number,
              ];
              const one = losses.get(stored.ids.people[person]!);
              // who is not named loses at most what everyone does
              const lost = one ? maskOf(one.lost) : had & ~has & maskOf(told.everyone);
              expect([lost, one ? maskOf(one.kept) : has]).toEqual([had & ~has, has]);
            }
          };
          const without = <Item>(items: Item[], at: number, change: Partial<Item>) =>
            items.map((item, other) => (other === at ? { ...item, ...change } : item));

          for (const [at, grant] of world.grants.entries()) {
            const isHere = JSON.stringify(grant.on) === JSON.stringify(resource);
            const to = "group" in grant.to ? world.groups[grant.to.group] : null;
            // a deleted group's grants ended with it
            if (!isHere || !holds(grant.isLive) || (to && to.isDeleted === "during")) continue;
            const after = { ...world, grants: without(world.grants, at, { isLive: "undone" }) };
            expectLosses(await simulated({ grantId: stored.ids.grants[at]! }), after, found.known);
          }
          for (const [at, { group, person, exists }] of world.memberships.entries()) {
            const { workspace, isDeleted } = world.groups[group]!;
            const isIn = holds(exists) && !holds(isDeleted) && workspace === workspaceOf(world, person);
            if (!isIn || !found.known.includes(person)) continue;
            const after = { ...world, memberships: without(world.memberships, at, { exists: "undone" }) };
            const input = { groupId: stored.ids.groups[group]!, userId: stored.ids.people[person]! };
            if (givenBy(world, group, resource, person) === 0)
              await expect(simulated(input)).rejects.toMatchObject({ reason: "membership" });
            else expectLosses(await simulated(input), after, [person]);
          }
          if (!("document" in resource)) continue;
          const others = found.known.filter((person) => person !== found.manager);
          for (const accessMode of accessModes) {
            const documents = without(world.documents, resource.document, { mode: accessMode });
            expectLosses(await simulated({ accessMode }), { ...world, documents }, others);
          }
        }
      }),
    timeoutMs,
  );
});

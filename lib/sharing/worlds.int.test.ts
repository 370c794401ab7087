import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { system } from "#lib/authz/actor.ts";
import { fullMask, maskOf } from "#lib/authz/permissions.ts";
import { beginAs } from "#lib/db/context.ts";
import { explain, listAccess, type ResourceRef, simulateRemoval } from "./index.ts";
import { makeDocumentRow, makeGroup, makeRole, putGrant } from "./test-support.ts";

const PEOPLE = 4;
const GROUPS = 4;
const modes = ["private", "collection", "invite", "link"] as const;

const grantArbitrary = fc.record({
  subject: fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("user" as const), index: fc.nat(PEOPLE - 1) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("group" as const), index: fc.nat(GROUPS - 1) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("workspace" as const), index: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("everyone" as const), index: fc.constant(0) }) },
  ),
  isOnDocument: fc.boolean(),
  mask: fc.integer({ min: 1, max: fullMask }),
  end: fc.constantFrom("never", "never", "later", "past", "deleted"),
});
const worldArbitrary = fc.record({
  mode: fc.constantFrom(...modes),
  documentOwner: fc.nat(PEOPLE - 1),
  suspended: fc.option(fc.integer({ min: 1, max: PEOPLE - 1 })),
  guest: fc.option(fc.integer({ min: 1, max: PEOPLE - 1 })),
  members: fc.array(fc.tuple(fc.nat(GROUPS - 1), fc.nat(PEOPLE - 1)), { maxLength: 6 }),
  // from a lower to a higher number only: no cycles
  nestings: fc.array(
    fc.tuple(fc.nat(GROUPS - 1), fc.nat(GROUPS - 1)).filter(([child, parent]) => child < parent),
    { maxLength: 4 },
  ),
  deletedGroup: fc.option(fc.nat(GROUPS - 1)),
  grants: fc.array(grantArbitrary, { maxLength: 8 }),
});
type World = typeof worldArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
beforeAll(() => client.connect());
afterAll(() => client.end());

/** What the database itself says that a person may. */
async function maskIn(person: Person, { type, id }: ResourceRef): Promise<number> {
  await client.query(beginAs(person));
  const { rows } = await client.query<{ mask: number }>("SELECT app.rights($1, $2) AS mask", [
    type === "collection" ? id : null,
    type === "document" ? id : null,
  ]);
  await client.query("COMMIT");
  return rows[0]!.mask;
}

async function build(world: World) {
  const owner = await makePerson();
  const { workspaceId } = owner;
  const people = [owner];
  for (let index = 1; index < PEOPLE; index++)
    people.push(await makePerson({ workspaceId, role: world.guest === index ? "guest" : "member" }));
  const [collection] = await asOwner<{ id: string }>(
    "INSERT INTO collections (workspace_id, owner_id, name) VALUES ($1, $2, 'World') RETURNING id",
    [workspaceId, owner.id],
  );
  const collectionId = collection!.id;
  await asOwner(
    "INSERT INTO permissions (user_id, collection_id, role_id, opened_at) SELECT $1, $2, id, now() FROM roles WHERE name = 'owner' AND workspace_id IS NULL",
    [owner.id, collectionId],
  );
  const documentId = await makeDocumentRow(people[world.documentOwner]!.id, collectionId, world.mode);
  const groups = await Promise.all(Array.from({ length: GROUPS }, () => makeGroup(workspaceId)));
  for (const [group, person] of world.members)
    await asOwner("INSERT INTO group_memberships VALUES ($1, $2) ON CONFLICT DO NOTHING", [
      groups[group],
      people[person]!.id,
    ]);
  for (const [child, parent] of world.nestings)
    await asOwner("INSERT INTO group_nestings (child_id, parent_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
      groups[child],
      groups[parent],
    ]);
  const ids: string[] = [];
  for (const { subject, isOnDocument, mask, end } of world.grants) {
    const id = await putGrant({
      userId: subject.kind === "user" ? people[subject.index]!.id : null,
      groupId: subject.kind === "group" ? groups[subject.index]! : null,
      workspaceId: subject.kind === "workspace" ? workspaceId : null,
      isEveryone: subject.kind === "everyone",
      ...(isOnDocument ? { documentId } : { collectionId }),
      roleId: await makeRole(workspaceId, mask),
      expiresAt:
        end === "later"
          ? new Date(Date.now() + 3_600_000)
          : end === "past"
            ? new Date(Date.now() - 60_000)
            : null,
      isDeleted: end === "deleted",
    });
    if (id) ids.push(id);
  }
  if (world.deletedGroup !== null)
    await asOwner("UPDATE groups SET deleted_at = now() WHERE id = $1", [groups[world.deletedGroup]]);
  if (world.suspended !== null)
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [people[world.suspended]!.id]);
  return {
    owner,
    people,
    grantIds: ids,
    memberships: world.members.map(([group, person]) => ({
      groupId: groups[group]!,
      userId: people[person]!.id,
    })),
    places: [
      { type: "collection", id: collectionId },
      { type: "document", id: documentId },
    ] as ResourceRef[],
  };
}

const allowed = (explanation: Awaited<ReturnType<typeof explain>>) =>
  maskOf(explanation.permissions.filter(({ isAllowed }) => isAllowed).map(({ permission }) => permission));

it("explain, the list and the report say what the database does, in a hundred random worlds", async () => {
  await fc.assert(
    fc.asyncProperty(worldArbitrary, async (world) => {
      const { owner, people, places } = await build(world);
      for (const place of places) {
        const ownerSees = ((await maskIn(owner, place)) & 513) === 513;
        const listed = ownerSees ? (await listAccess(owner, place, {})).items : [];
        for (const person of people) {
          const truth = await maskIn(person, place);
          if (ownerSees) {
            const explanation = await explain(owner, place, person.id);
            expect(allowed(explanation)).toBe(truth);
            const active = explanation.permissions.flatMap(({ paths }) =>
              paths.filter(({ state }) => state === "active"),
            );
            if (!explanation.isSuspended)
              expect(maskOf(active.flatMap(({ permissions }) => permissions))).toBe(truth);
            const item = listed.find((entry) => entry.person.id === person.id);
            // those who are in by workspace or everyone alone are told of beside the list
            if (item) expect(maskOf(item.permissions)).toBe(truth);
          }
          if (truth & 1) expect(allowed(await explain(person, place))).toBe(truth);
        }
        await client.query(beginAs(system));
        const { rows } = await client.query<{ user_id: string; mask: number }>(
          "SELECT user_id, mask FROM effective_permissions WHERE resource_id = $1",
          [place.id],
        );
        await client.query("COMMIT");
        const reported = new Map(rows.map(({ user_id, mask }) => [user_id, mask]));
        for (const person of people) expect(reported.get(person.id) ?? 0).toBe(await maskIn(person, place));
      }
    }),
    { numRuns: 100 },
  );
}, 240_000);

it("a simulated removal is what the removal does", async () => {
  await fc.assert(
    fc.asyncProperty(worldArbitrary, fc.nat(), fc.boolean(), async (world, at, isMembership) => {
      const { owner, people, places, grantIds, memberships } = await build(world);
      const place = places[at % 2]!;
      if (((await maskIn(owner, place)) & 513) !== 513) return;
      const before = await masks();
      const membership = memberships[at % Math.max(1, memberships.length)];
      const grantId = grantIds[at % Math.max(1, grantIds.length)];
      const input = isMembership ? membership : grantId && { grantId };
      if (!input) return;
      const simulated = await simulateRemoval(owner, place, input).catch(
        (error: { reason?: string }) => error.reason,
      );
      // ended before, or not the resource's: nothing to remove
      if (typeof simulated === "string") {
        expect(["collaborator", "membership", "last_owner"]).toContain(simulated);
        return;
      }
      if ("grantId" in input)
        await asOwner("UPDATE permissions SET deleted_at = now() WHERE id = $1", [input.grantId]);
      else
        await asOwner("DELETE FROM group_memberships WHERE group_id = $1 AND user_id = $2", [
          input.groupId,
          input.userId,
        ]);
      const after = await masks();
      const lost = new Map(simulated!.people.map((entry) => [entry.person.id, entry]));
      const open = maskOf(simulated!.everyone);
      people.forEach((person, index) => {
        const gone = before[index]! & ~after[index]!;
        const told = lost.get(person.id);
        if (told) expect([maskOf(told.lost), maskOf(told.kept)]).toEqual([gone, after[index]]);
        // what everyone loses is told once, not by person
        else expect(gone & ~open).toBe(0);
      });
      async function masks() {
        const found: number[] = [];
        for (const person of people) found.push(await maskIn(person, place));
        return found;
      }
    }),
    { numRuns: 60 },
  );
}, 240_000);

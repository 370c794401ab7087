import fc from "fast-check";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { asOwner, type Person } from "#prisma/factories.ts";
import { covers, fullMask } from "#lib/authz/permissions.ts";
import { getCollection } from "#lib/collections/index.ts";
import { beginAs } from "#lib/db/context.ts";
import { changeGrant, check, grant, listGrants, revoke } from "./index.ts";
import { address, makeRole, outcome, putGrant, makeShared, tally } from "./test-support.ts";

describe("nobody goes above their own rights", () => {
  async function managers() {
    const made = await makeShared();
    const manager = await made.colleague();
    const strong = await made.colleague();
    const role = await makeRole(made.workspaceId, 1 | 512);
    await putGrant({ userId: manager.id, collectionId: made.collection.id, roleId: role });
    const theirs = await grant(made.owner, made.collection, { email: strong.email, role: "owner" });
    const waiting = await grant(made.owner, made.collection, { email: address(), role: "editor" });
    return { ...made, manager, strong, theirs, waiting };
  }

  it("when giving, also by giving again, and when changing or removing what is stronger", async () => {
    const { manager, strong, theirs, waiting, collection } = await managers();
    const above = "forbidden:above_own_rights";
    expect(await outcome(grant(manager, collection, { email: address(), role: "editor" }))).toBe(above);
    expect(await outcome(grant(manager, collection, { email: address(), role: "viewer" }))).toBe("ok");
    expect(await outcome(grant(manager, collection, { email: strong.email, role: "viewer" }))).toBe(above);
    expect(await outcome(grant(manager, collection, { email: waiting.email!, role: "viewer" }))).toBe(above);
    for (const id of [theirs.id, waiting.id]) {
      expect(await outcome(changeGrant(manager, collection, id, { role: "viewer" }))).toBe(above);
      expect(await outcome(changeGrant(manager, collection, id, { expiresAt: null }))).toBe(above);
      expect(await outcome(revoke(manager, collection, id))).toBe(above);
    }
  });

  it("whatever the masks, on collections and documents", async () => {
    const { owner, workspaceId, collection, document, colleague } = await makeShared();
    const mask = fc.integer({ min: 1, max: fullMask });
    await fc.assert(
      fc.asyncProperty(mask, mask, fc.boolean(), async (mine, wanted, isDocument) => {
        const resource = isDocument ? document : collection;
        const ids = isDocument ? { documentId: document.id } : { collectionId: collection.id };
        const [granter, target] = [await colleague(), await colleague()];
        await putGrant({ userId: granter.id, ...ids, roleId: await makeRole(workspaceId, mine) });
        const roleId = await makeRole(workspaceId, wanted);
        const result = await outcome(grant(granter, resource, { email: target.email, roleId }));
        const [unseen, action] = isDocument
          ? ["not_found:document", "forbidden:action"]
          : ["forbidden:collection", "forbidden:action"];
        const expected = !(mine & 1)
          ? unseen
          : !(mine & 512)
            ? action
            : covers(mine, wanted)
              ? "ok"
              : "forbidden:above_own_rights";
        expect(result).toBe(expected);
      }),
      {
        numRuns: 60,
        examples: [
          [513, 513, true],
          [513, 513, false],
          [513, 515, true],
          [1, 1, false],
          [512, 512, false],
        ],
      },
    );
    expect(await outcome(getCollection(owner, collection.id))).toBe("ok");
  });

  it("when they lose theirs while the grant waits: the lock comes first, then the look", async () => {
    const { owner, manager, collection, document } = await managers();
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    const own = (await listGrants(owner, collection)).items.find(({ userId }) => userId === manager.id)!;
    for (const resource of [collection, document]) {
      await client.query(beginAs(owner));
      const change =
        resource === collection
          ? "SELECT app.change_access($1, NULL, $2, (SELECT id FROM roles WHERE name = 'viewer' AND workspace_id IS NULL), true, NULL)"
          : "SELECT app.revoke_access($1, NULL, $2)";
      await client.query(change, [collection.id, own.id]);
      const waiting = outcome(grant(manager, resource, { email: address(), role: "viewer" }));
      await untilSomebodyWaits();
      await client.query("COMMIT");
      expect(await waiting).toBe(resource === collection ? "forbidden:action" : "not_found:document");
      if (resource === collection)
        await asOwner("UPDATE permissions SET role_id = $2 WHERE id = $1", [own.id, own.roleId]);
    }
    await client.end();
  });

  it("in any mix of grants, demotions and revocations at once", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const people = await Promise.all(Array.from({ length: 6 }, () => colleague()));
    const roles = ["viewer", "commenter", "editor", "owner"] as const;
    for (const person of people) await grant(owner, collection, { email: person.email, role: "owner" });
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(Math.random() * items.length)]!;
    const step = async (actor: Person) => {
      const resource = Math.random() < 0.3 ? document : collection;
      const target = pick(people);
      const role = pick(roles);
      if (Math.random() < 0.6) return grant(actor, resource, { email: target.email, role });
      const { items } = await listGrants(owner, resource);
      const one = items.find(({ userId }) => userId === target.id);
      return (
        one &&
        (Math.random() < 0.5
          ? revoke(actor, resource, one.id)
          : changeGrant(actor, resource, one.id, { role }))
      );
    };
    const results = await tally(Array.from({ length: 80 }, () => step(pick(people))));
    const expected = [
      "ok",
      "forbidden:action",
      "forbidden:collection",
      "forbidden:above_own_rights",
      "not_found:document",
      "not_found:collaborator",
      "conflict:",
    ];
    expect(Object.keys(results).filter((result) => !expected.includes(result))).toEqual([]);
    const rows = await asOwner<{ n: number }>(
      `SELECT count(*)::int AS n FROM permissions p JOIN roles r ON r.id = p.role_id WHERE p.mask <> r.mask
         AND (p.collection_id = $1 OR p.document_id = $2)`,
      [collection.id, document.id],
    );
    expect(rows[0]!.n).toBe(0);
    const twice = await asOwner(
      "SELECT FROM permissions WHERE (collection_id = $1 OR document_id = $2) AND deleted_at IS NULL GROUP BY collection_id, document_id, principal_id HAVING count(*) > 1",
      [collection.id, document.id],
    );
    expect(twice).toHaveLength(0);
    expect(await check(owner, "manage_permissions", collection)).toBe(true);
  });

  it("as a guest: they share nothing, whatever their role", async () => {
    const { owner, collection, colleague } = await makeShared();
    const guest = await colleague({ role: "guest" });
    const own = await grant(owner, collection, { email: guest.email, role: "owner" });
    expect(await outcome(grant(guest, collection, { email: address(), role: "viewer" }))).toBe(
      "forbidden:guest_action",
    );
    expect(await outcome(revoke(guest, collection, own.id))).toBe("ok");
  });
});

async function untilSomebodyWaits() {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline)
    if ((await asOwner("SELECT FROM pg_locks WHERE NOT granted")).length > 0) return;
  throw new Error("Nobody waits for the lock.");
}

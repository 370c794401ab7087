import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { fullMask, maskOf } from "#lib/authz/permissions.ts";
import { trashCollection, getCollection } from "#lib/collections/index.ts";
import { beginAs } from "#lib/db/context.ts";
import { listReach } from "#lib/groups/index.ts";
import { updateRole } from "#lib/roles/index.ts";
import {
  changeGrant,
  check,
  effectivePermissions,
  explain,
  explainAddress,
  grant,
  listAccess,
  listGrants,
  revoke,
  setAccessMode,
  setVisibility,
} from "./index.ts";
import { address, makeGroup, makeRole, makeShared, outcome, putGrant } from "./test-support.ts";

/** Where two changes meet: grants, invitations, roles, ends and what is told of others. */

const other = new pg.Client({ connectionString: process.env.DATABASE_URL });
beforeAll(() => other.connect());
afterAll(() => other.end());

const asSystem = async (text: string, values: unknown[], end: "COMMIT" | "open" = "COMMIT") => {
  await other.query(beginAs({ kind: "system" }));
  await other.query(text, values);
  if (end === "COMMIT") await other.query("COMMIT");
};
const claim = (person: Person, end?: "open") =>
  asSystem("SELECT app.claim_invitations($1)", [person.id], end);
const provenLater = () => makePerson({ isVerified: false });
const prove = (person: Person) =>
  asOwner("UPDATE users SET email_verified_at = now() WHERE id = $1", [person.id]);
const suspend = (person: Person, isSuspended: boolean) =>
  asOwner("UPDATE users SET suspended_at = CASE WHEN $2 THEN now() END WHERE id = $1", [
    person.id,
    isSuspended,
  ]);
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const liveGrants = (person: Person, collectionId: string) =>
  asOwner<{ id: string; role: string }>(
    `SELECT p.id, r.name AS role FROM permissions p JOIN roles r ON r.id = p.role_id
      WHERE p.user_id = $1 AND p.collection_id = $2 AND p.deleted_at IS NULL`,
    [person.id, collectionId],
  );

describe("an invitation that becomes a grant", () => {
  it("is taken back all the same when its address joins at that moment", async () => {
    for (const change of ["revoke", "demote"] as const) {
      const { owner, collection } = await makeShared();
      const newcomer = await provenLater();
      const { id } = await grant(owner, collection, { email: newcomer.email, role: "editor" });
      await prove(newcomer);
      await claim(newcomer, "open");
      const done = outcome(
        change === "revoke"
          ? revoke(owner, collection, id)
          : changeGrant(owner, collection, id, { role: "viewer" }),
      );
      await untilSomebodyWaits();
      await other.query("COMMIT");
      expect(await done).toBe("ok");
      expect((await liveGrants(newcomer, collection.id)).map(({ role }) => role)).toEqual(
        change === "revoke" ? [] : ["viewer"],
      );
    }
  });

  it("adds to what the person has there already, and takes nothing from it", async () => {
    const cases = [
      { held: "viewer", invited: "editor", gets: "editor" },
      { held: "editor", invited: "viewer", gets: "editor" },
      { held: "viewer", heldEnd: "past", invited: "commenter", gets: "commenter" },
    ] as const;
    for (const one of cases) {
      const { owner, collection } = await makeShared();
      const person = await makePerson();
      const held = await grant(owner, collection, { email: person.email, role: one.held });
      if ("heldEnd" in one)
        await asOwner("UPDATE permissions SET expires_at = now() - interval '1 second' WHERE id = $1", [
          held.id,
        ]);
      const later = address();
      await grant(owner, collection, { email: later, role: one.invited });
      await asOwner("UPDATE users SET email = $2, email_normalized = $2 WHERE id = $1", [person.id, later]);
      await claim(person);
      expect((await liveGrants(person, collection.id)).map(({ role }) => role)).toEqual([one.gets]);
      const waiting = (await listGrants(owner, collection)).items.filter(({ email }) => email === later);
      expect(waiting.length).toBeLessThanOrEqual(1);
    }
  });

  it("is not traded against a grant that is more in one way and less in the other, but waits for its end", async () => {
    const cases = [
      { held: "viewer", heldEnd: null, invited: "editor", end: inHours(1) },
      { held: "editor", heldEnd: inHours(1), invited: "viewer", end: null },
    ] as const;
    for (const { held, heldEnd, invited, end } of cases) {
      const { owner, collection } = await makeShared();
      const person = await makePerson();
      const { id } = await grant(owner, collection, { email: person.email, role: held, expiresAt: heldEnd });
      const later = address();
      const offer = await grant(owner, collection, { email: later, role: invited, expiresAt: end });
      await asOwner("UPDATE users SET email = $2, email_normalized = $2 WHERE id = $1", [person.id, later]);
      await claim(person);
      expect(await liveGrants(person, collection.id)).toEqual([{ id, role: held }]);
      expect((await listGrants(owner, collection)).items.map((row) => row.id)).toContain(offer.id);
      await asOwner("UPDATE permissions SET expires_at = now() - interval '1 second' WHERE id = $1", [id]);
      await claim(person);
      expect(await liveGrants(person, collection.id)).toEqual([{ id: offer.id, role: invited }]);
    }
  });

  it("is settled by giving again, where it still waited beside a grant", async () => {
    const { owner, collection } = await makeShared();
    const person = await makePerson();
    const { id } = await grant(owner, collection, { email: person.email, role: "viewer" });
    const later = address();
    await grant(owner, collection, { email: later, role: "editor", expiresAt: inHours(1) });
    await asOwner("UPDATE users SET email = $2, email_normalized = $2 WHERE id = $1", [person.id, later]);
    await claim(person);
    await grant(owner, collection, { email: later, role: "commenter" });
    await asOwner("UPDATE permissions SET expires_at = now() - interval '1 second' WHERE id = $1", [id]);
    await claim(person);
    expect(await outcome(getCollection(person, collection.id))).toMatch(/^forbidden/);
  });

  it("tells the audit log what it changed", async () => {
    const { owner, collection } = await makeShared();
    const person = await makePerson();
    const { id } = await grant(owner, collection, { email: person.email, role: "viewer" });
    const later = address();
    const offer = await grant(owner, collection, { email: later, role: "editor" });
    await asOwner("UPDATE users SET email = $2, email_normalized = $2 WHERE id = $1", [person.id, later]);
    await claim(person);
    const entries = await asOwner(
      "SELECT actor_id, subject_id, metadata FROM audit_events WHERE action = 'permission.changed' AND resource_id = $1",
      [collection.id],
    );
    expect(entries).toEqual([
      {
        actor_id: person.id,
        subject_id: person.id,
        metadata: {
          ...{ grantId: id, because: "invitation", invitationId: offer.id },
          ...{ previous: { role: "viewer", expiresAt: null }, new: { role: "editor", expiresAt: null } },
        },
      },
    ]);
  });
});

describe("somebody suspended", () => {
  it("has one grant, which giving again changes, and is not told from an unknown address", async () => {
    const { owner, collection } = await makeShared();
    const person = await makePerson();
    const first = await grant(owner, collection, { email: person.email, role: "editor" });
    await suspend(person, true);
    const again = await grant(owner, collection, { email: person.email, role: "viewer" });
    expect(again.id).toBe(first.id);
    await suspend(person, false);
    await claim(person);
    expect((await liveGrants(person, collection.id)).map(({ role }) => role)).toEqual(["viewer"]);
  });
});

describe("an end", () => {
  it("is nobody's to give beyond their own, to themselves or others", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const [short, other] = [await colleague(), await colleague()];
    const own = await grant(owner, collection, { email: short.email, role: "owner", expiresAt: inHours(2) });
    const beyond = "forbidden:beyond_own_end";
    for (const resource of [collection, document]) {
      expect(await outcome(grant(short, resource, { email: other.email, role: "owner" }))).toBe(beyond);
      const later = { email: other.email, role: "viewer", expiresAt: inHours(3) } as const;
      expect(await outcome(grant(short, resource, later))).toBe(beyond);
      expect(await outcome(grant(short, resource, { ...later, expiresAt: inHours(1) }))).toBe("ok");
    }
    expect(await outcome(changeGrant(short, collection, own.id, { expiresAt: null }))).toBe(beyond);
    expect(await outcome(changeGrant(short, collection, own.id, { expiresAt: inHours(3) }))).toBe(beyond);
    expect(await outcome(grant(short, collection, { email: short.email, role: "owner" }))).toBe(beyond);
    expect(await outcome(changeGrant(short, collection, own.id, { expiresAt: inHours(1) }))).toBe("ok");
  });

  it("does not keep anybody from taking away, or from leaving longer ends as they are", async () => {
    const { owner, collection, colleague } = await makeShared();
    const [short, lasting] = [await colleague(), await colleague()];
    await grant(owner, collection, { email: short.email, role: "owner", expiresAt: inHours(2) });
    const { id } = await grant(owner, collection, { email: lasting.email, role: "editor" });
    expect(await outcome(changeGrant(short, collection, id, { role: "viewer" }))).toBe("ok");
    expect(await outcome(changeGrant(short, collection, id, { role: "editor" }))).toBe(
      "forbidden:beyond_own_end",
    );
    expect(await outcome(changeGrant(short, collection, id, { expiresAt: inHours(1) }))).toBe("ok");
    expect(await outcome(revoke(short, collection, id))).toBe("ok");
  });
});

describe("roles", () => {
  it("of a workspace's own never become the owner's", async () => {
    const { owner, collection, workspaceId } = await makeShared();
    const roleId = await makeRole(workspaceId, fullMask);
    const own = (await listGrants(owner, collection)).items.find(({ isOwner }) => isOwner)!;
    expect(await outcome(changeGrant(owner, collection, own.id, { roleId }))).toBe("forbidden:last_owner");
    expect(await outcome(grant(owner, collection, { email: owner.email, roleId }))).toBe(
      "forbidden:last_owner",
    );
  });

  it("leave grants that have ended as they were", async () => {
    const { owner, collection, workspaceId, colleague } = await makeShared();
    const admin = await colleague({ role: "admin" });
    await grant(owner, collection, { email: admin.email, role: "owner" });
    const roleId = await makeRole(workspaceId, 1);
    const [was, is] = [await colleague(), await colleague()];
    const ended = await grant(owner, collection, { email: was.email, roleId });
    await revoke(owner, collection, ended.id);
    const live = await grant(owner, collection, { email: is.email, roleId });
    await updateRole(admin, roleId, { permissions: ["view_documents", "edit_documents"] });
    const rows = await asOwner<{ id: string; mask: number }>(
      "SELECT id, mask FROM permissions WHERE id = ANY ($1)",
      [[ended.id, live.id]],
    );
    const masks = Object.fromEntries(rows.map(({ id, mask }) => [id, mask]));
    expect(masks).toEqual({ [ended.id]: 1, [live.id]: maskOf(["view_documents", "edit_documents"]) });
  });
});

describe("limiting a document to invited people", () => {
  it("takes nothing from who does it, and tells the audit log what it gave", async () => {
    const { owner, collection, document, workspaceId, colleague } = await makeShared();
    const manager = await colleague();
    await putGrant({
      userId: manager.id,
      collectionId: collection.id,
      roleId: await makeRole(workspaceId, 1 | 512),
    });
    await grant(owner, document, { email: manager.email, role: "editor" });
    const before = await effectivePermissions(manager, document);
    // no role holds both within their rights: they would lose some
    expect(await outcome(setAccessMode(manager, document.id, "invite"))).toBe("forbidden:manager_would_lose");
    expect(await effectivePermissions(manager, document)).toEqual(before);
    await makeRole(workspaceId, maskOf(before));
    expect(await outcome(setAccessMode(manager, document.id, "invite"))).toBe("ok");
    expect(await effectivePermissions(manager, document)).toEqual(before);
    const entries = await asOwner<{ action: string }>(
      "SELECT action FROM audit_events WHERE resource_id = $1 AND actor_id = $2",
      [document.id, manager.id],
    );
    expect(entries.map(({ action }) => action).toSorted()).toEqual([
      "document.access_mode_changed",
      "permission.changed",
    ]);
  });

  it("gives nobody a role for longer than they have what is in it", async () => {
    const { owner, collection, document, workspaceId, colleague } = await makeShared();
    const manager = await colleague();
    const steward = await makeRole(workspaceId, 1 | 512);
    await putGrant({ userId: manager.id, collectionId: collection.id, roleId: steward });
    await grant(owner, document, { email: manager.email, role: "editor", expiresAt: inHours(1) });
    const both = await makeRole(workspaceId, maskOf(await effectivePermissions(manager, document)));
    expect(await outcome(grant(manager, document, { email: manager.email, roleId: both }))).toBe(
      "forbidden:beyond_own_end",
    );
    expect(await outcome(setAccessMode(manager, document.id, "invite"))).toBe("forbidden:manager_would_lose");
  });

  it("trades no grant for one that ends sooner", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const manager = await colleague();
    await grant(owner, document, { email: manager.email, role: "editor" });
    await grant(owner, collection, { email: manager.email, role: "owner", expiresAt: inHours(1) });
    expect(await outcome(setAccessMode(manager, document.id, "invite"))).toBe("forbidden:manager_would_lose");
    expect(await listGrants(owner, document)).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ userId: manager.id, expiresAt: null })]),
    });
  });

  it("gives no role that is deleted at that moment", async () => {
    const { owner, collection, document, workspaceId, colleague } = await makeShared();
    const manager = await colleague();
    const admin = await makePerson({ workspaceId, role: "admin" });
    const steward = await makeRole(workspaceId, 1 | 512);
    await putGrant({ userId: manager.id, collectionId: collection.id, roleId: steward });
    await other.query(beginAs({ kind: "user", id: admin.id }));
    await other.query(
      "SELECT app.delete_role($1, (SELECT id FROM roles WHERE name = 'viewer' AND workspace_id IS NULL))",
      [steward],
    );
    const limited = outcome(setAccessMode(manager, document.id, "invite"));
    await untilSomebodyWaits();
    await other.query("COMMIT");
    expect(await limited).toBe("forbidden:action");
    expect(await effectivePermissions(owner, document, manager.id)).toEqual(["view_documents"]);
  });

  it("meets an invitation of the same person that is claimed", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const manager = await colleague();
    await grant(owner, collection, { email: manager.email, role: "owner" });
    const later = address();
    await grant(owner, document, { email: later, role: "viewer" });
    await asOwner("UPDATE users SET email = $2, email_normalized = $2 WHERE id = $1", [manager.id, later]);
    await claim(manager, "open");
    const limited = outcome(setAccessMode(manager, document.id, "invite"));
    await untilSomebodyWaits();
    await other.query("COMMIT");
    expect(await limited).toBe("ok");
    expect(maskOf(await effectivePermissions(manager, document))).toBe(fullMask);
  });
});

describe("what lies in the trash", () => {
  it("can be closed by those who manage it, before anybody restores it", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const [reader, editor] = [await colleague(), await colleague()];
    const theirs = await grant(owner, collection, { email: reader.email, role: "viewer" });
    const single = await grant(owner, document, { email: reader.email, role: "viewer" });
    const editors = await grant(owner, collection, { email: editor.email, role: "editor" });
    await trashCollection(owner, collection.id);
    expect(await outcome(revoke(editor, collection, theirs.id))).toBe("forbidden:collection");
    expect(await outcome(revoke(editor, collection, editors.id))).toBe("forbidden:collection");
    expect(await outcome(revoke(owner, collection, theirs.id))).toBe("ok");
    expect(await outcome(revoke(owner, document, single.id))).toBe("ok");
    expect(await outcome(grant(owner, collection, { email: reader.email, role: "viewer" }))).toBe(
      "forbidden:collection",
    );
  });
});

describe("what is told of people one may not know", () => {
  it("is the address as it was given, everywhere, whatever the account says now", async () => {
    const { owner, collection } = await makeShared();
    const account = await makePerson();
    const nobody = address();
    const given = [account.email, nobody].map((email) => email.replace(/^./, (c) => c.toUpperCase()));
    for (const email of given) await grant(owner, collection, { email, role: "viewer" });
    const shown = async () => {
      const grants = (await listGrants(owner, collection)).items.filter(({ isPending }) => isPending);
      const access = (await listAccess(owner, collection, {})).items.filter(({ person }) => person.isPending);
      return [grants.map(({ email }) => email), access.map(({ person }) => person.email)].map((emails) =>
        emails.toSorted(),
      );
    };
    expect(await shown()).toEqual([given.toSorted(), given.toSorted()]);
    const renamed = address();
    await asOwner("UPDATE users SET email = $2, email_normalized = $2 WHERE id = $1", [account.id, renamed]);
    expect(await shown()).toEqual([given.toSorted(), given.toSorted()]);
    const explained = await explainAddress(owner, collection, given[0]!);
    expect(explained.role).toBe("viewer");
  });

  it("leaves out who gave something", async () => {
    const { owner, collection } = await makeShared();
    const [foreign, stranger] = [await makePerson(), await makePerson()];
    await grant(owner, collection, { email: foreign.email, role: "owner" });
    // not opened by them yet: the owner does not know them
    await asOwner("UPDATE permissions SET opened_at = NULL WHERE user_id = $1", [foreign.id]);
    await grant(foreign, collection, { email: address(), role: "viewer" });
    const pending = (await listGrants(owner, collection)).items.filter(({ isPending }) => isPending);
    expect(pending.map(({ grantedBy }) => grantedBy?.id ?? null).toSorted()).toEqual(
      [null, owner.id].toSorted(),
    );
    await setVisibility(foreign, collection.id, { visibility: "public" });
    const { permissions } = await explain(stranger, collection);
    const givers = permissions.flatMap(({ paths }) => paths.map(({ grantedBy }) => grantedBy));
    expect(givers.length).toBeGreaterThan(0);
    expect(new Set(givers)).toEqual(new Set([null]));
  });

  it("leaves out the name of a collection around a document that a group got", async () => {
    const { owner, collection, document, workspaceId, colleague } = await makeShared();
    const [member, admin] = [await colleague(), await colleague({ role: "admin" })];
    const groupId = await makeGroup(workspaceId, { people: [member] });
    await grant(owner, document, { groupId, role: "viewer" });
    const nameFor = async (reader: Person) =>
      (await listReach(reader, groupId, {})).items[0]!.collection.name;
    expect(await nameFor(member)).toBe("");
    expect(await nameFor(admin)).toBe("");
    expect(await nameFor(owner)).toBe((await getCollection(owner, collection.id)).name);
  });

  it("explains an address as the person, to who manages the document alone", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const [manager, reader] = [await colleague(), await colleague()];
    await grant(owner, document, { email: manager.email, role: "owner" });
    await grant(owner, collection, { email: reader.email, role: "editor" });
    expect(await check(manager, "view_documents", collection)).toBe(false);
    for (const person of [reader, owner]) {
      const byId = await explain(manager, document, person.id);
      expect(await explainAddress(manager, document, person.email)).toEqual(byId);
    }
  });
});

async function untilSomebodyWaits() {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline)
    if ((await asOwner("SELECT FROM pg_locks WHERE NOT granted")).length > 0) return;
  throw new Error("Nobody waits for the lock.");
}

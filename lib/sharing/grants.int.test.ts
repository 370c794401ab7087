import fc from "fast-check";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { asOwner, makePerson, missingId, type Person } from "#prisma/factories.ts";
import { system, type UserActor } from "#lib/authz/actor.ts";
import { covers, fullMask } from "#lib/authz/permissions.ts";
import { createCollection, getCollection, trashCollection } from "#lib/collections/index.ts";
import { transaction } from "#lib/db/index.ts";
import { getDocument, trashDocument } from "#lib/documents/index.ts";
import { beginAs } from "#lib/db/context.ts";
import { changeGrant, check, grant, listGrants, revoke } from "./index.ts";
import { address, makeDocumentRow, makeGroup, makeRole, outcome, putGrant, tally } from "./test-support.ts";

async function shared(limits?: { collaborators?: number }) {
  const owner = await makePerson({ limits });
  const { id } = await createCollection(owner, { name: "Letters", description: "" });
  const documentId = await makeDocumentRow(owner.id, id);
  const { workspaceId } = owner;
  return {
    owner,
    workspaceId,
    collection: { type: "collection", id } as const,
    document: { type: "document", id: documentId } as const,
    colleague: (options: Parameters<typeof makePerson>[0] = {}) => makePerson({ ...options, workspaceId }),
  };
}
const claim = (person: UserActor) =>
  transaction(system, (tx) => tx.$queryRaw`SELECT app.claim_invitations(${person.id}::uuid)`);
const expire = (id: string) =>
  asOwner("UPDATE permissions SET expires_at = now() - interval '1 second' WHERE id = $1", [id]);

describe("a document", () => {
  it("is shared by itself, with people and with addresses that come later", async () => {
    const { owner, collection, document } = await shared();
    const reader = await makePerson();
    const newcomer = await makePerson({ isVerified: false });
    const first = await grant(owner, document, { email: reader.email, role: "viewer" });
    const second = await grant(owner, document, { email: newcomer.email, role: "commenter" });
    expect(Object.keys(first)).toEqual(Object.keys(second));
    const pending = (await listGrants(owner, document)).items.map(({ isPending, name, userId }) => ({
      isPending,
      name,
      userId,
    }));
    expect(pending).toEqual(Array(2).fill({ isPending: true, name: null, userId: null }));
    expect(await outcome(getDocument(reader, document.id))).toBe("ok");
    expect(await outcome(getCollection(reader, collection.id))).toBe("forbidden:collection");
    await asOwner("UPDATE users SET email_verified_at = now() WHERE id = $1", [newcomer.id]);
    await claim(newcomer);
    expect(await check(newcomer, "add_comments", document)).toBe(true);
    expect((await listGrants(owner, document)).items.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect((await changeGrant(owner, document, first.id, { role: "editor" })).role).toBe("editor");
    expect(await check(reader, "edit_documents", document)).toBe(true);
    await revoke(owner, document, first.id);
    expect(await outcome(getDocument(reader, document.id))).toBe("not_found:document");
  });

  it("refuses alike what is missing, unseen, trashed, pending or in a trashed collection", async () => {
    const { owner, collection, document } = await shared();
    const [outsider, admin] = [await makePerson(), await makePerson({ isSystemAdmin: true })];
    const trashed = await makeDocumentRow(owner.id, collection.id);
    await trashDocument(owner, trashed);
    const calls = (actor: UserActor, id: string) => {
      const place = { type: "document", id } as const;
      return [
        outcome(listGrants(actor, place)),
        outcome(grant(actor, place, { email: address(), role: "viewer" })),
        outcome(changeGrant(actor, place, missingId(), { role: "viewer" })),
        outcome(revoke(actor, place, missingId())),
      ];
    };
    for (const id of [document.id, missingId()]) {
      expect(new Set(await Promise.all(calls(outsider, id)))).toEqual(new Set(["not_found:document"]));
      expect(new Set(await Promise.all(calls(admin, id)))).toEqual(new Set(["forbidden:document"]));
    }
    expect(new Set(await Promise.all(calls(owner, trashed)))).toEqual(new Set(["not_found:document"]));
    await trashCollection(owner, collection.id);
    expect(new Set(await Promise.all(calls(owner, document.id)))).toEqual(new Set(["not_found:document"]));
  });

  it("is shared by those who manage it alone, not by editors, and not by its uploader", async () => {
    const { owner, collection, colleague } = await shared();
    const editor = await colleague();
    await grant(owner, collection, { email: editor.email, role: "editor" });
    const theirs = { type: "document", id: await makeDocumentRow(editor.id, collection.id) } as const;
    expect(await outcome(grant(editor, theirs, { email: address(), role: "viewer" }))).toBe(
      "forbidden:action",
    );
    expect(await outcome(listGrants(editor, theirs))).toBe("ok");
    expect(await outcome(grant(owner, theirs, { email: address(), role: "viewer" }))).toBe("ok");
  });
});

describe("a group", () => {
  it("gets a role like a person, shows its members, and counts as one", async () => {
    const { owner, workspaceId, collection, document, colleague } = await shared({ collaborators: 2 });
    const people = await Promise.all([colleague({ name: "Ann" }), colleague(), colleague()]);
    const inner = await makeGroup(workspaceId, { people: people.slice(0, 2) });
    const outer = await makeGroup(workspaceId, { name: "Outer", people: people.slice(2), groups: [inner] });
    const given = await grant(owner, collection, { groupId: outer, role: "commenter" });
    expect(given).toMatchObject({ email: null, groupId: outer, role: "commenter" });
    expect((await listGrants(owner, collection)).items[1]).toMatchObject({
      subjectType: "group",
      email: null,
      name: "Outer",
      userId: null,
      group: { id: outer, name: "Outer", memberCount: 3 },
      role: "commenter",
      isPending: false,
    });
    for (const person of people) expect(await check(person, "add_comments", document)).toBe(true);
    await grant(owner, collection, { email: address(), role: "viewer" });
    expect(await outcome(grant(owner, collection, { email: address(), role: "viewer" }))).toBe(
      "quota_exceeded:",
    );
    await asOwner("DELETE FROM group_memberships WHERE group_id = $1 AND user_id = $2", [
      inner,
      people[0]!.id,
    ]);
    expect(await check(people[0]!, "view_documents", document)).toBe(false);
    await revoke(owner, collection, given.id);
    expect(await check(people[1]!, "view_documents", document)).toBe(false);
  });

  it("of elsewhere, deleted or missing is refused, also to co-owners from elsewhere", async () => {
    const { owner, workspaceId, collection } = await shared();
    const coOwner = await makePerson();
    await grant(owner, collection, { email: coOwner.email, role: "owner" });
    const [here, there, gone] = [
      await makeGroup(workspaceId),
      await makeGroup(coOwner.workspaceId),
      await makeGroup(workspaceId),
    ];
    await asOwner("UPDATE groups SET deleted_at = now() WHERE id = $1", [gone]);
    const give = (actor: UserActor, groupId: string) =>
      outcome(grant(actor, collection, { groupId, role: "viewer" }));
    for (const groupId of [there, gone, missingId()])
      expect(await give(owner, groupId)).toBe("forbidden:group");
    expect(await give(coOwner, here)).toBe("forbidden:group");
    expect(await give(coOwner, there)).toBe("forbidden:group");
    expect(await give(owner, here)).toBe("ok");
  });

  it("keeps one live grant however parallel it is", async () => {
    const { owner, workspaceId, collection, document } = await shared();
    const groupId = await makeGroup(workspaceId);
    for (const place of [collection, document]) {
      const added = await Promise.all(
        Array.from({ length: 10 }, () => grant(owner, place, { groupId, role: "viewer" })),
      );
      expect(new Set(added.map(({ id }) => id)).size).toBe(1);
    }
  });
});

describe("nobody goes above their own rights", () => {
  async function managers() {
    const made = await shared();
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

  it("whatever the masks, on collections and documents, past the verbs as well", async () => {
    const { owner, workspaceId, collection, document, colleague } = await shared();
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    const mask = fc.integer({ min: 1, max: fullMask });
    try {
      await fc.assert(
        fc.asyncProperty(mask, mask, fc.boolean(), async (mine, wanted, isDocument) => {
          const place = isDocument ? document : collection;
          const ids = isDocument ? { documentId: document.id } : { collectionId: collection.id };
          const [granter, target] = [await colleague(), await colleague()];
          await putGrant({ userId: granter.id, ...ids, roleId: await makeRole(workspaceId, mine) });
          const roleId = await makeRole(workspaceId, wanted);
          const result = await outcome(grant(granter, place, { email: target.email, roleId }));
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
          const other = await colleague();
          await client.query(beginAs(granter));
          const raw = await client
            .query(
              `INSERT INTO permissions (user_id, ${isDocument ? "document_id" : "collection_id"}, role_id, granted_by_id) VALUES ($1, $2, $3, $4)`,
              [other.id, place.id, roleId, granter.id],
            )
            .then(
              () => "ok",
              (error: { code: string }) => error.code,
            );
          await client.query("ROLLBACK");
          expect(raw).toBe(mine & 512 && covers(mine, wanted) ? "ok" : "42501");
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
    } finally {
      await client.end();
    }
    expect(await outcome(getCollection(owner, collection.id))).toBe("ok");
  });

  it("when they lose theirs while the grant waits: the lock comes first, then the look", async () => {
    const { owner, manager, collection, document } = await managers();
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    const own = (await listGrants(owner, collection)).items.find(({ userId }) => userId === manager.id)!;
    for (const place of [collection, document]) {
      await client.query(beginAs(owner));
      const change =
        place === collection
          ? "SELECT app.change_access($1, NULL, $2, (SELECT id FROM roles WHERE name = 'viewer' AND workspace_id IS NULL), true, NULL)"
          : "SELECT app.revoke_access($1, NULL, $2)";
      await client.query(change, [collection.id, own.id]);
      const waiting = outcome(grant(manager, place, { email: address(), role: "viewer" }));
      await untilSomebodyWaits();
      await client.query("COMMIT");
      expect(await waiting).toBe(place === collection ? "forbidden:action" : "not_found:document");
      if (place === collection)
        await asOwner("UPDATE permissions SET role_id = $2 WHERE id = $1", [own.id, own.roleId]);
    }
    await client.end();
  });

  it("in any mix of grants, demotions and revocations at once", async () => {
    const { owner, collection, document, colleague } = await shared();
    const people = await Promise.all(Array.from({ length: 6 }, () => colleague()));
    const roles = ["viewer", "commenter", "editor", "owner"] as const;
    for (const person of people) await grant(owner, collection, { email: person.email, role: "owner" });
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(Math.random() * items.length)]!;
    const step = async (actor: Person) => {
      const place = Math.random() < 0.3 ? document : collection;
      const target = pick(people);
      const role = pick(roles);
      if (Math.random() < 0.6) return grant(actor, place, { email: target.email, role });
      const { items } = await listGrants(owner, place);
      const one = items.find(({ userId }) => userId === target.id);
      return (
        one &&
        (Math.random() < 0.5 ? revoke(actor, place, one.id) : changeGrant(actor, place, one.id, { role }))
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
    const { owner, collection, colleague } = await shared();
    const guest = await colleague({ role: "guest" });
    const own = await grant(owner, collection, { email: guest.email, role: "owner" });
    expect(await outcome(grant(guest, collection, { email: address(), role: "viewer" }))).toBe(
      "forbidden:guest_action",
    );
    expect(await outcome(revoke(guest, collection, own.id))).toBe("ok");
  });
});

describe("owners", () => {
  it("stay, also when everyone tries to remove or demote them at once", async () => {
    const { owner, collection, colleague } = await shared();
    const others = await Promise.all(Array.from({ length: 4 }, () => colleague()));
    for (const { email } of others) await grant(owner, collection, { email, role: "owner" });
    const { items } = await listGrants(owner, collection);
    const own = items.find(({ isOwner }) => isOwner)!;
    const soon = new Date(Date.now() + 60_000).toISOString();
    const tries = await tally(
      [owner, ...others].flatMap((actor) => [
        revoke(actor, collection, own.id),
        changeGrant(actor, collection, own.id, { role: "viewer" }),
        changeGrant(actor, collection, own.id, { expiresAt: soon }),
        grant(actor, collection, { email: owner.email, role: "editor" }),
      ]),
    );
    expect(tries).toEqual({ "forbidden:last_owner": 20 });
    const left = await tally(
      items.filter(({ isOwner }) => !isOwner).map(({ id }) => revoke(owner, collection, id)),
    );
    expect(left).toEqual({ ok: 4 });
    expect(await check(owner, "manage_permissions", collection)).toBe(true);
  });

  it("can hand in their co-ownership and see what became of it", async () => {
    const { owner, collection, colleague } = await shared();
    const other = await colleague();
    const own = await grant(owner, collection, { email: other.email, role: "owner" });
    expect(await changeGrant(other, collection, own.id, { role: "viewer" })).toMatchObject({
      role: "viewer",
      permissions: ["view_documents"],
      isYou: true,
    });
    expect(await outcome(changeGrant(other, collection, own.id, { role: "owner" }))).toBe("forbidden:action");
  });
});

describe("ends and limits", () => {
  it("an expired grant counts for nothing and is given anew, with another id and its own history", async () => {
    const { owner, collection, colleague } = await shared({ collaborators: 1 });
    const reader = await colleague();
    const first = await grant(owner, collection, { email: reader.email, role: "editor" });
    await expire(first.id);
    expect(await check(reader, "view_documents", collection)).toBe(false);
    expect((await listGrants(owner, collection)).items).toHaveLength(1);
    expect(await outcome(changeGrant(owner, collection, first.id, { expiresAt: null }))).toBe(
      "not_found:collaborator",
    );
    expect(await outcome(revoke(owner, collection, first.id))).toBe("not_found:collaborator");
    const second = await grant(owner, collection, { email: reader.email, role: "viewer" });
    expect(second.id).not.toBe(first.id);
    expect(await check(reader, "view_documents", collection)).toBe(true);
    const rows = await asOwner<{ mask: number; ended: boolean }>(
      "SELECT mask, deleted_at IS NOT NULL AS ended FROM permissions WHERE user_id = $1 ORDER BY granted_at, ended DESC",
      [reader.id],
    );
    expect(rows).toEqual([
      { mask: 5487, ended: true },
      { mask: 1, ended: false },
    ]);
    expect(await outcome(grant(owner, collection, { email: address(), role: "viewer" }))).toBe(
      "quota_exceeded:",
    );
  });

  it("a document too has as many collaborators as its collection's owner may have, however parallel", async () => {
    const { owner, workspaceId, document } = await shared({ collaborators: 4 });
    const groups = [await makeGroup(workspaceId), await makeGroup(workspaceId)];
    const results = await tally([
      ...Array.from({ length: 6 }, () => grant(owner, document, { email: address(), role: "viewer" })),
      ...groups.map((groupId) => grant(owner, document, { groupId, role: "viewer" })),
    ]);
    expect(results).toEqual({ ok: 4, "quota_exceeded:": 4 });
  });

  it("what is revoked is gone for the next statement of a transaction that is already open", async () => {
    const { owner, collection, document, colleague } = await shared();
    const reader = await colleague();
    const given = await grant(owner, collection, { email: reader.email, role: "viewer" });
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    await client.query(beginAs(reader));
    const see = async () =>
      (await client.query("SELECT FROM documents WHERE id = $1", [document.id])).rowCount;
    expect(await see()).toBe(1);
    await revoke(owner, collection, given.id);
    expect(await see()).toBe(0);
    await client.query("ROLLBACK");
    await client.end();
  });

  it("suspended people are nobody at once, also with what they own", async () => {
    const { owner, collection, document } = await shared();
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [owner.id]);
    expect(await check(owner, "view_documents", collection)).toBe(false);
    expect(await outcome(getDocument(owner, document.id))).toBe("not_found:document");
    expect(await outcome(grant(owner, document, { email: address(), role: "viewer" }))).toBe(
      "not_found:document",
    );
  });
});

describe("the log", () => {
  it("tells who gave, changed and took what, with the value before and after", async () => {
    const { owner, workspaceId, document } = await shared();
    const groupId = await makeGroup(workspaceId);
    const given = await grant(owner, document, { groupId, role: "viewer" });
    await changeGrant(owner, document, given.id, { role: "editor" });
    await revoke(owner, document, given.id);
    const rows = await asOwner<{
      action: string;
      subject_type: string;
      subject_id: string;
      metadata: Record<string, { role: string }>;
    }>(
      "SELECT action, subject_type, subject_id, metadata FROM audit_events WHERE resource_id = $1 AND actor_id = $2 ORDER BY id",
      [document.id, owner.id],
    );
    expect(rows.map(({ action, metadata }) => [action, metadata.previous?.role, metadata.new?.role])).toEqual(
      [
        ["permission.granted", undefined, "viewer"],
        ["permission.changed", "viewer", "editor"],
        ["permission.revoked", "editor", undefined],
      ],
    );
    expect(new Set(rows.map((row) => `${row.subject_type} ${row.subject_id}`))).toEqual(
      new Set([`group ${groupId}`]),
    );
  });
});

async function untilSomebodyWaits() {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline)
    if ((await asOwner("SELECT FROM pg_locks WHERE NOT granted")).length > 0) return;
  throw new Error("Nobody waits for the lock.");
}

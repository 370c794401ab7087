import { randomUUID } from "node:crypto";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { asOwner, makePerson, missingId } from "#prisma/factories.ts";
import { system, type UserActor } from "#lib/authz/actor.ts";
import { getCollection, trashCollection } from "#lib/collections/index.ts";
import { beginAs } from "#lib/db/context.ts";
import { transaction } from "#lib/db/index.ts";
import { getDocument, trashDocument } from "#lib/documents/index.ts";
import { listMails } from "#lib/mail/index.ts";
import { forgetRefusal } from "#lib/rate-limit/memory.ts";
import { changeGrant, check, grant, listGrants, revoke } from "./index.ts";
import { sendInvitation } from "./letters.ts";
import { address, makeDocumentRow, makeGroup, makeShared, outcome, tally } from "./test-support.ts";

const claim = (person: UserActor) =>
  transaction(system, (tx) => tx.$queryRaw`SELECT app.claim_invitations(${person.id}::uuid)`);
const expire = (id: string) =>
  asOwner("UPDATE permissions SET expires_at = now() - interval '1 second' WHERE id = $1", [id]);

describe("a document", () => {
  it("is shared by itself, with people and with addresses that come later", async () => {
    const { owner, collection, document } = await makeShared();
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
    const { owner, collection, document } = await makeShared();
    const [outsider, admin] = [await makePerson(), await makePerson({ isSystemAdmin: true })];
    const trashed = await makeDocumentRow(owner.id, collection.id);
    await trashDocument(owner, trashed);
    const calls = (actor: UserActor, id: string) => {
      const resource = { type: "document", id } as const;
      return [
        outcome(listGrants(actor, resource)),
        outcome(grant(actor, resource, { email: address(), role: "viewer" })),
        outcome(changeGrant(actor, resource, missingId(), { role: "viewer" })),
        outcome(revoke(actor, resource, missingId())),
      ];
    };
    for (const id of [document.id, missingId()]) {
      expect(new Set(await Promise.all(calls(outsider, id)))).toEqual(new Set(["not_found:document"]));
      expect(new Set(await Promise.all(calls(admin, id)))).toEqual(new Set(["forbidden:document"]));
    }
    // who manages it may still take access away, and hears of a grant that is not there
    const ofManager = new Set(["not_found:document", "not_found:collaborator"]);
    expect(new Set(await Promise.all(calls(owner, trashed)))).toEqual(ofManager);
    await trashCollection(owner, collection.id);
    expect(new Set(await Promise.all(calls(owner, document.id)))).toEqual(ofManager);
  });

  it("is told of by a mail that leads to it, and no more once that has ended", async () => {
    const { owner, document } = await makeShared();
    const email = address();
    const given = await grant(owner, document, { email, role: "viewer" });
    expect(await sendInvitation(given.id, randomUUID())).toBe("sent");
    const mail = (await listMails()).find(({ to }) => to === email)!;
    expect(mail.text).toContain(`/documents/${document.id}`);
    expect(mail.text).toContain("document");
    await revoke(owner, document, given.id);
    expect(await sendInvitation(given.id, randomUUID())).toBe("nothing");
  });

  it("is told of by ten mails an hour from one person; the others wait, and none is lost", async () => {
    const { owner, document } = await makeShared();
    const emails = Array.from({ length: 12 }, address);
    const ids: string[] = [];
    for (const email of emails) ids.push((await grant(owner, document, { email, role: "viewer" })).id);
    const results = await Promise.all(ids.map((id) => sendInvitation(id, randomUUID())));
    expect(results.filter((result) => result === "sent")).toHaveLength(10);
    for (const result of results.filter((one) => one !== "sent"))
      expect((result as { waitSeconds: number }).waitSeconds).toBeGreaterThan(0);
    // an hour later
    await asOwner("DELETE FROM rate_windows WHERE key = $1", [`invitationMail:${owner.id}`]);
    forgetRefusal(`invitationMail:${owner.id}`);
    const waiting = ids.filter((_, index) => results[index] !== "sent");
    expect(await Promise.all(waiting.map((id) => sendInvitation(id, randomUUID())))).toEqual([
      "sent",
      "sent",
    ]);
    const mails = (await listMails(10_000)).map(({ to }) => to);
    expect(emails.filter((email) => !mails.includes(email))).toEqual([]);
  });

  it("is told of once: not where access is given back, and not where the giver will tell", async () => {
    const { owner, document } = await makeShared();
    const lettersFor = (ids: string[]) =>
      asOwner<{ id: string }>(
        "SELECT data->>'collaboratorId' AS id FROM outbox WHERE name = 'collaborator/added' AND data->>'collaboratorId' = ANY ($1)",
        [ids],
      );
    const ids: string[] = [];
    for (const email of [address(), (await makePerson()).email]) {
      const given = await grant(owner, document, { email, role: "viewer" });
      await revoke(owner, document, given.id);
      const back = await grant(owner, document, { email, role: "viewer", notify: false });
      expect(await lettersFor([given.id, back.id])).toEqual([{ id: given.id }]);
      ids.push(back.id);
    }
    const listed = (await listGrants(owner, document)).items.map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining(ids));
  });

  it("is shared by those who manage it alone, not by editors, and not by its uploader", async () => {
    const { owner, collection, colleague } = await makeShared();
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
    const { owner, workspaceId, collection, document, colleague } = await makeShared({ collaborators: 2 });
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
    const { owner, workspaceId, collection } = await makeShared();
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
    const { owner, workspaceId, collection, document } = await makeShared();
    const groupId = await makeGroup(workspaceId);
    for (const resource of [collection, document]) {
      const added = await Promise.all(
        Array.from({ length: 10 }, () => grant(owner, resource, { groupId, role: "viewer" })),
      );
      expect(new Set(added.map(({ id }) => id)).size).toBe(1);
    }
  });
});

describe("owners", () => {
  it("stay, also when everyone tries to remove or demote them at once", async () => {
    const { owner, collection, colleague } = await makeShared();
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
    const { owner, collection, colleague } = await makeShared();
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
    const { owner, collection, colleague } = await makeShared({ collaborators: 1 });
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
    const { owner, workspaceId, document } = await makeShared({ collaborators: 4 });
    const groups = [await makeGroup(workspaceId), await makeGroup(workspaceId)];
    const results = await tally([
      ...Array.from({ length: 6 }, () => grant(owner, document, { email: address(), role: "viewer" })),
      ...groups.map((groupId) => grant(owner, document, { groupId, role: "viewer" })),
    ]);
    expect(results).toEqual({ ok: 4, "quota_exceeded:": 4 });
  });

  it("what is revoked is gone for the next statement of a transaction that is already open", async () => {
    const { owner, collection, document, colleague } = await makeShared();
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
    const { owner, collection, document } = await makeShared();
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
    const { owner, workspaceId, document } = await makeShared();
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

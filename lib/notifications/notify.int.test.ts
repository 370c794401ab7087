import { describe, expect, it } from "vitest";
import { asOwner, makeDocument, makePerson, missingId } from "#prisma/factories.ts";
import {
  createCollection,
  getCollection,
  restoreCollection,
  trashCollection,
  updateCollection,
} from "#lib/collections/index.ts";
import { system } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { deleteDocument } from "#lib/documents/index.ts";
import { addCollaborator, changeGrant, grant, revoke, setAccessMode } from "#lib/sharing/index.ts";
import { makeDocumentRow, makeGroup, makeShared } from "#lib/sharing/test-support.ts";
import {
  changeNotificationPreferences,
  countNotifications,
  listNotifications,
  notify,
  readNotifications,
} from "./index.ts";
import { kindsOf, tellAll } from "./test-support.ts";

const first = async (person: Parameters<typeof listNotifications>[0]) => {
  await tellAll();
  return (await listNotifications(person, {})).items[0];
};

describe("sharing", () => {
  it("tells a person what was shared with them, changed and taken away, and nobody what they did", async () => {
    const { owner, collection } = await makeShared();
    const marc = await makePerson();
    const given = await grant(owner, collection, { email: marc.email, role: "viewer" });
    expect(await first(marc)).toMatchObject({
      kind: "shared",
      topic: "sharing",
      actor: { id: owner.id, name: owner.name },
      collection: { id: collection.id, name: "Letters" },
      facts: { role: "viewer" },
      path: `/collections/${collection.id}`,
      isRead: false,
    });
    await changeGrant(owner, collection, given.id, { role: "editor" });
    expect(await kindsOf(marc)).toEqual(["roleChanged", "shared"]);
    await getCollection(marc, collection.id);
    expect(await kindsOf(owner)).toEqual(["invitationAccepted"]);
    await revoke(owner, collection, given.id);
    // what was told of the collection is gone with the access to it
    expect(await kindsOf(marc)).toEqual(["accessRemoved"]);
    expect(await first(marc)).toMatchObject({
      facts: { name: "Letters", type: "collection" },
      collection: null,
      path: null,
    });
    expect(await countNotifications(marc)).toMatchObject({ unread: 1 });
  });

  it("says nothing to whoever leaves, nor to those who have another way in", async () => {
    const { owner, collection, colleague } = await makeShared();
    const [leaver, member] = [await colleague(), await colleague()];
    const groupId = await makeGroup(owner.workspaceId, { people: [member] });
    await grant(owner, collection, { groupId, role: "viewer" });
    const direct = await grant(owner, collection, { email: member.email, role: "viewer" });
    const own = await grant(owner, collection, { email: leaver.email, role: "viewer" });
    await tellAll();
    await revoke(leaver, collection, own.id);
    await revoke(owner, collection, direct.id);
    expect(await kindsOf(leaver)).toEqual([]);
    expect(await kindsOf(member)).toEqual(["shared", "shared"]);
  });

  it("tells everybody in a group, but for who shared, and who had as much before", async () => {
    const { owner, collection, colleague } = await makeShared();
    const people = [await colleague(), await colleague()];
    const had = await colleague();
    await grant(owner, collection, { email: had.email, role: "editor", notify: false });
    const inner = await makeGroup(owner.workspaceId, { people: [people[1]!] });
    const groupId = await makeGroup(owner.workspaceId, {
      people: [people[0]!, owner, had],
      groups: [inner],
      name: `Press ${collection.id}`,
    });
    const given = await grant(owner, collection, { groupId, role: "viewer" });
    for (const person of people)
      expect(await first(person)).toMatchObject({
        kind: "shared",
        facts: { group: `Press ${collection.id}` },
      });
    expect(await kindsOf(owner)).toEqual([]);
    expect(await kindsOf(had)).toEqual(["shared"]);
    await revoke(owner, collection, given.id);
    expect(await kindsOf(people[0]!)).toEqual(["accessRemoved"]);
    // who is in it by nesting might have come later, and learns no name
    expect(await first(people[1]!)).toMatchObject({ kind: "accessRemoved", facts: { name: "" } });
    expect(await kindsOf(had)).toEqual(["shared"]);
  });

  it("tells of what an invitation gives once it is claimed, and of the end of access", async () => {
    const { owner, collection } = await makeShared();
    const newcomer = await makePerson({ isVerified: false });
    await addCollaborator(owner, collection.id, { email: newcomer.email, role: "viewer" });
    expect(await kindsOf(newcomer)).toEqual([]);
    await asOwner("UPDATE users SET email_verified_at = now() WHERE id = $1", [newcomer.id]);
    await transaction(system, (tx) => tx.$queryRaw`SELECT app.claim_invitations(${newcomer.id}::uuid)`);
    expect(await first(newcomer)).toMatchObject({ kind: "shared", actor: { id: owner.id } });
    const [{ id = "" } = {}] = await asOwner<{ id: string }>(
      "SELECT id FROM permissions WHERE user_id = $1 AND collection_id = $2",
      [newcomer.id, collection.id],
    );
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    await changeGrant(owner, collection, id, { expiresAt });
    expect(await first(newcomer)).toMatchObject({
      kind: "roleChanged",
      facts: { isRoleNew: false, endsAt: expiresAt },
    });
  });

  it("tells nothing of what is private, neither before it is opened nor when it is taken away", async () => {
    const { owner, document, colleague } = await makeShared();
    const [marc, lea] = [await colleague(), await colleague()];
    await setAccessMode(owner, document.id, "private");
    const given = await grant(owner, document, { email: marc.email, role: "viewer" });
    await grant(owner, document, { email: lea.email, role: "viewer" });
    await revoke(owner, document, given.id);
    expect(await kindsOf(marc)).toEqual([]);
    expect(await kindsOf(lea)).toEqual([]);
    await setAccessMode(owner, document.id, "invite");
    expect(await kindsOf(marc)).toEqual([]);
    expect(await kindsOf(lea)).toEqual(["shared"]);
  });

  it("names what was taken away as its readers knew it", async () => {
    const { owner, collection } = await makeShared();
    const marc = await makePerson();
    const given = await grant(owner, collection, { email: marc.email, role: "viewer" });
    await revoke(owner, collection, given.id);
    await updateCollection(owner, collection.id, { version: 1, name: "What Marc is not to know" });
    expect(await kindsOf(marc)).toEqual(["accessRemoved"]);
    expect((await first(marc))!.facts).toEqual({ name: "", type: "collection" });
  });

  it("hides what lies in the trash until it comes back", async () => {
    const { owner, collection } = await makeShared();
    const marc = await makePerson();
    await grant(owner, collection, { email: marc.email, role: "viewer" });
    expect(await kindsOf(marc)).toEqual(["shared"]);
    await trashCollection(owner, collection.id);
    expect(await kindsOf(marc)).toEqual([]);
    expect(await countNotifications(marc)).toMatchObject({ unread: 0 });
    await restoreCollection(owner, collection.id);
    expect(await kindsOf(marc)).toEqual(["shared"]);
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [marc.id]);
    expect(await kindsOf(marc)).toEqual([]);
  });
});

describe("documents", () => {
  it("come together while they are unread, each once however often it is processed", async () => {
    const { owner, collection } = await makeShared();
    const [editor, marc] = [await makePerson(), await makePerson()];
    await grant(owner, collection, { email: editor.email, role: "editor", notify: false });
    await grant(owner, collection, { email: marc.email, role: "viewer", notify: false });
    await tellAll();
    await readNotifications(marc, { all: true });
    const document = await makeDocument(editor, collection.id);
    expect(await first(marc)).toMatchObject({
      kind: "documentsAdded",
      count: 1,
      document: { id: document.id, name: "notes.txt" },
      collection: { id: collection.id },
      path: `/documents/${document.id}`,
    });
    await makeDocument(editor, collection.id);
    await makeDocument(owner, collection.id);
    await asOwner("UPDATE outbox SET delivered_at = NULL WHERE data->>'documentId' = $1", [document.id]);
    expect(await first(marc)).toMatchObject({
      kind: "documentsAdded",
      count: 3,
      actor: null,
      document: null,
      path: `/collections/${collection.id}`,
    });
    expect((await first(editor))!).toMatchObject({
      kind: "documentsAdded",
      count: 1,
      actor: { id: owner.id },
    });
    expect((await first(owner))!).toMatchObject({
      kind: "documentsAdded",
      count: 2,
      actor: { id: editor.id },
    });
    await readNotifications(marc, { all: true });
    await makeDocument(editor, collection.id);
    expect(await first(marc)).toMatchObject({ kind: "documentsAdded", count: 1, isRead: false });
  });

  it("that people may not view are not told", async () => {
    const { owner, collection } = await makeShared();
    const marc = await makePerson();
    await grant(owner, collection, { email: marc.email, role: "viewer", notify: false });
    await tellAll();
    await readNotifications(marc, { all: true });
    const hidden = await makeDocument(owner, collection.id);
    await setAccessMode(owner, hidden.id, "private");
    expect((await first(marc))?.kind).toBe("shared");
    const shown = await makeDocument(owner, collection.id);
    expect((await first(marc))?.kind).toBe("documentsAdded");
    await setAccessMode(owner, shown.id, "private");
    expect((await first(marc))?.kind).toBe("shared");
  });
});

it("an event told at the same moment, late and again is told each person once", async () => {
  const { owner, collection, colleague } = await makeShared();
  const people = await Promise.all(Array.from({ length: 4 }, () => colleague()));
  const groupId = await makeGroup(owner.workspaceId, { people });
  const { id } = await grant(owner, collection, { groupId, role: "viewer" });
  const documents = await Promise.all(
    Array.from({ length: 5 }, () => makeDocumentRow(owner.id, collection.id)),
  );
  const events = [
    { name: "grant/added", id: missingId(), data: { grantId: id, actorId: owner.id } },
    ...documents.map((documentId) => ({ name: "document/uploaded", id: missingId(), data: { documentId } })),
  ];
  const told = await Promise.all(
    Array.from({ length: 6 }, () => events.map((event) => notify(event))).flat(),
  );
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(people.length * events.length);
  for (const person of people) {
    const { items } = await listNotifications(person, {});
    expect(items.map(({ kind, count }) => [kind, count]).toSorted()).toEqual([
      ["documentsAdded", 5],
      ["shared", 1],
    ]);
  }
});

describe("reading", () => {
  it("is one's own: others' notifications stay as they are", async () => {
    const { owner, collection } = await makeShared();
    const [marc, lea] = [await makePerson(), await makePerson()];
    for (const { email } of [marc, lea]) await grant(owner, collection, { email, role: "viewer" });
    const [of, ofLea] = [await first(marc), await first(lea)];
    await readNotifications(marc, { ids: [ofLea!.id] });
    expect([await countNotifications(marc), await countNotifications(lea)]).toMatchObject([
      { unread: 1 },
      { unread: 1 },
    ]);
    await readNotifications(marc, { ids: [of!.id] });
    expect((await listNotifications(marc, { unread: true })).items).toEqual([]);
    expect((await first(marc))!.isRead).toBe(true);
    await readNotifications(lea, { all: true });
    expect(await countNotifications(lea)).toMatchObject({ unread: 0 });
  });

  it("pages through many, by kind, and counts as far as the bell shows", async () => {
    const marc = await makePerson();
    await asOwner(
      "INSERT INTO notifications (user_id, kind, position) SELECT $1, CASE WHEN n % 3 = 0 THEN 'quotaNearlyFull' ELSE 'accessRemoved' END, uuidv7(n * interval '1 second') FROM generate_series(1, 130) n",
      [marc.id],
    );
    const seen: string[] = [];
    for (let cursor: string | undefined, page = 0; page < 4; page++) {
      const { items, nextCursor } = await listNotifications(marc, { topic: "sharing", cursor });
      seen.push(...items.map(({ id, kind }) => `${kind} ${id}`));
      if (!nextCursor) break;
      cursor = nextCursor;
    }
    expect(new Set(seen).size).toBe(87);
    expect(seen.every((one) => one.startsWith("accessRemoved"))).toBe(true);
    expect(await countNotifications(marc)).toMatchObject({ unread: 100 });
  });
});

it("is not kept for those who want a kind nowhere, and not shown to those who want it by mail alone", async () => {
  const { owner, collection } = await makeShared();
  const [nowhere, byMail] = [await makePerson(), await makePerson()];
  await changeNotificationPreferences(nowhere, {
    kinds: [{ kind: "roleChanged", mail: "never", inApp: false }],
  });
  await changeNotificationPreferences(byMail, { kinds: [{ kind: "roleChanged", inApp: false }] });
  for (const person of [nowhere, byMail]) {
    const { id } = await grant(owner, collection, { email: person.email, role: "viewer" });
    await changeGrant(owner, collection, id, { role: "editor" });
    expect(await kindsOf(person)).toEqual(["shared"]);
  }
  const kept = await asOwner(
    "SELECT user_id, mail_at IS NOT NULL AS due, is_shown FROM notifications WHERE kind = 'roleChanged' AND user_id = ANY ($1)",
    [[nowhere.id, byMail.id]],
  );
  expect(kept).toEqual([{ user_id: byMail.id, due: true, is_shown: false }]);
});

it("tells of storage that runs out once a day, at the same limit as the quota bar", async () => {
  const owner = await makePerson({ limits: { storageBytes: 1000 } });
  const { id } = await createCollection(owner, { name: "Full", description: "" });
  await makeDocument(owner, id, Buffer.from("a".repeat(790)));
  expect(await kindsOf(owner)).toEqual([]);
  const over = await makeDocument(owner, id, Buffer.from("b".repeat(10)));
  expect(await first(owner)).toMatchObject({ kind: "quotaNearlyFull", facts: { used: 800, limit: 1000 } });
  await deleteDocument(owner, over.id);
  await makeDocument(owner, id, Buffer.from("c".repeat(20)));
  expect(await kindsOf(owner)).toEqual(["quotaNearlyFull"]);
});

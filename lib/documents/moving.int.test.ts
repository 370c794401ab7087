import { expect, it } from "vitest";
import {
  asOwner,
  makeDocument,
  makePendingUpload,
  makePerson,
  missingId,
  quotaTruth,
} from "#prisma/factories.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import {
  createCollection,
  deleteCollection,
  getCollection,
  restoreCollection,
  trashCollection,
} from "#lib/collections/index.ts";
import { createGroup } from "#lib/groups/index.ts";
import { createLink } from "#lib/links/index.ts";
import { grant, listGrants, revoke, setAccessMode, setVisibility } from "#lib/sharing/index.ts";
import { outcome } from "#lib/sharing/test-support.ts";
import {
  deleteDocument,
  getDocument,
  listDocuments,
  listRecentDocuments,
  moveDocuments,
  restoreDocument,
  trashDocument,
  updateDocument,
} from "./index.ts";

/** Two collections of an owner, with an editor and a reader in both. */
async function shelves() {
  const owner = await makePerson({ role: "admin" });
  const { workspaceId } = owner;
  const [editor, reader] = [await makePerson({ workspaceId }), await makePerson({ workspaceId })];
  const make = async (name: string) => {
    const { id } = await createCollection(owner, { name, description: "" });
    await grant(owner, { type: "collection", id }, { email: editor.email, role: "editor" });
    await grant(owner, { type: "collection", id }, { email: reader.email, role: "viewer" });
    return id;
  };
  return { owner, editor, reader, from: await make("Drafts"), to: await make("Archive") };
}

const move = (actor: UserActor, collectionId: string, ...documentIds: string[]) =>
  moveDocuments(actor, { collectionId, documentIds });
const reasons = async (...call: Parameters<typeof move>) =>
  (await move(...call)).refused.map(({ reason }) => reason);
const placeOf = async (id: string) =>
  (await asOwner<{ collection_id: string }>("SELECT collection_id FROM documents WHERE id = $1", [id]))[0]
    ?.collection_id;
const idsIn = async (actor: UserActor, collectionId: string) =>
  (await listDocuments(actor, { collectionId, scope: "live" })).items.map(({ id }) => id);
const entries = (id: string) =>
  asOwner<{ action: string; collection_id: string; metadata: object }>(
    "SELECT action, collection_id, metadata FROM audit_events WHERE resource_id = $1 AND action LIKE 'document.moved%' ORDER BY id",
    [id],
  );

it("moves many, keeps what is theirs, and tells of each that stays", async () => {
  const { owner, editor, reader, from, to } = await shelves();
  const own = await makeDocument(editor, from);
  const others = await makeDocument(owner, from);
  const friend = await makePerson();
  await grant(owner, { type: "document", id: own.id }, { email: friend.email, role: "viewer" });
  await setAccessMode(editor, own.id, "collection");
  const before = await quotaTruth(editor.id);
  expect(own.abilities.canMove).toBe(true);
  expect((await getDocument(editor, others.id)).abilities.canMove).toBe(false);

  const missing = missingId();
  const answer = await move(editor, to, own.id, others.id, missing, own.id);
  expect(answer.moved).toEqual([own.id]);
  expect(answer.refused).toHaveLength(2);
  expect(answer.refused).toEqual(
    expect.arrayContaining([
      { documentId: others.id, reason: "action" },
      { documentId: missing, reason: "document" },
    ]),
  );
  expect(await idsIn(reader, from)).toEqual([others.id]);
  expect(await idsIn(reader, to)).toEqual([own.id]);
  const moved = await getDocument(friend, own.id);
  expect(moved.owner.id).toBe(editor.id);
  expect((await getDocument(owner, own.id)).collection.id).toBe(to);
  expect(await quotaTruth(editor.id)).toEqual(before);
  expect((await getCollection(owner, to)).documentCount).toBe(1);
  // each end's log has it
  expect(await entries(own.id)).toEqual([
    { action: "document.moved_away", collection_id: from, metadata: { to } },
    { action: "document.moved", collection_id: to, metadata: { from } },
  ]);
  // again, and nothing changes
  expect((await move(editor, to, own.id)).moved).toEqual([own.id]);
  expect(await entries(own.id)).toHaveLength(2);
  // and back
  expect((await move(editor, from, own.id)).moved).toEqual([own.id]);
});

it("needs rights at both ends", async () => {
  const { owner, editor, reader, from, to } = await shelves();
  const { id } = await makeDocument(editor, from);
  const elsewhere = await createCollection(await makePerson(), { name: "Elsewhere", description: "" });
  const outsider = await makePerson();
  expect(await outcome(move(editor, elsewhere.id, id))).toBe("forbidden:collection");
  expect(await outcome(move(editor, missingId(), id))).toBe("forbidden:collection");
  expect(await outcome(move(reader, to, id))).toBe("forbidden:action");
  expect(await outcome(move(outsider, to, id))).toBe("forbidden:collection");
  const theirs = await createCollection(outsider, { name: "Theirs", description: "" });
  expect(await reasons(outsider, theirs.id, id)).toEqual(["document"]);
  const readers = await createCollection(reader, { name: "Mine", description: "" });
  expect(await reasons(reader, readers.id, id)).toEqual(["action"]);
  // whoever may remove, but not share, would have more on it than before
  const [role] = await asOwner<{ id: string }>(
    "INSERT INTO roles (workspace_id, name, mask) VALUES ($1, $2, 17) RETURNING id",
    [owner.workspaceId, missingId()],
  );
  const curator = await makePerson({ workspaceId: owner.workspaceId });
  await grant(owner, { type: "collection", id: from }, { email: curator.email, roleId: role!.id });
  const curators = await createCollection(curator, { name: "Kept", description: "" });
  expect(await reasons(curator, curators.id, id)).toEqual(["action"]);
  expect(await placeOf(id)).toBe(from);
  // who may remove and share it
  const owners = await createCollection(owner, { name: "Owner's", description: "" });
  expect((await move(owner, owners.id, id)).moved).toEqual([id]);
  // its owner keeps it, and takes it back to where they may add some
  expect((await getDocument(editor, id)).abilities).toMatchObject({ canEdit: false, canMove: true });
  expect((await move(editor, to, id)).moved).toEqual([id]);
});

it("is refused for what is in the trash, pending or linked, and by a stale version", async () => {
  const { owner, editor, from, to } = await shelves();
  const trashed = await makeDocument(editor, from);
  await trashDocument(editor, trashed.id);
  const { documentId: pending } = await makePendingUpload(editor, from);
  expect(await reasons(editor, to, trashed.id, pending)).toEqual(["document", "document"]);
  const linked = await makeDocument(editor, from);
  await setAccessMode(owner, linked.id, "link");
  await createLink(owner, { type: "document", id: linked.id }, { role: "viewer", name: "" });
  await setVisibility(owner, to, { visibility: "private", isProtected: true });
  expect(await reasons(editor, to, linked.id)).toEqual(["linked"]);
  const { id, version } = await makeDocument(editor, from);
  expect(await outcome(updateDocument(editor, linked.id, { version: 2, collectionId: to }))).toBe(
    "conflict:linked",
  );
  expect(await outcome(updateDocument(editor, id, { version: version + 1, collectionId: to }))).toBe(
    "conflict:stale_version",
  );
  expect(await outcome(updateDocument(editor, trashed.id, { version: 2, collectionId: to }))).toBe(
    "not_found:document",
  );
  const both = await updateDocument(editor, id, { version, name: "Final.txt", collectionId: to });
  expect(both).toMatchObject({ name: "Final.txt", version: version + 2, collection: { id: to } });
  await trashCollection(owner, to);
  expect(await outcome(move(editor, to, linked.id))).toBe("forbidden:collection");
  // one's own comes out of a collection that somebody threw away
  expect((await move(editor, from, id)).moved).toEqual([id]);
  expect((await getDocument(editor, id)).collection.id).toBe(from);
});

it("does not carry groups and roles of one workspace into another", async () => {
  const { owner, editor, from } = await shelves();
  const away = await makePerson();
  const abroad = await createCollection(away, { name: "Abroad", description: "" });
  await grant(away, { type: "collection", id: abroad.id }, { email: editor.email, role: "editor" });
  const { id } = await makeDocument(editor, from);
  const group = await createGroup(owner, { name: "Press", description: "" });
  const given = await grant(owner, { type: "document", id }, { groupId: group.id, role: "viewer" });
  expect(await reasons(editor, abroad.id, id)).toEqual(["bound_to_workspace"]);
  await revoke(owner, { type: "document", id }, given.id);
  expect((await move(editor, abroad.id, id)).moved).toEqual([id]);
});

it("leaves the list of recent documents as it is, and goes on being read", async () => {
  const { editor, owner, from, to } = await shelves();
  const first = await makeDocument(editor, from);
  const second = await makeDocument(editor, from);
  await move(editor, to, first.id);
  expect((await listRecentDocuments(editor)).items.map(({ id }) => id)).toEqual([second.id, first.id]);
  // what belonged to the former collection does not go with it
  await deleteCollection(owner, from);
  const jobs = await asOwner("SELECT FROM pdf_jobs WHERE document_id = $1 AND collection_id = $2", [
    first.id,
    to,
  ]);
  expect(jobs).toHaveLength(1);
});

it("tells open pages at both ends", async () => {
  const { editor, from, to } = await shelves();
  const { id } = await makeDocument(editor, from);
  await move(editor, to, id);
  const told = await asOwner<{ place: string }>(
    "SELECT data->>'collectionId' AS place FROM outbox WHERE name = 'document/changed' AND data->>'documentId' = $1",
    [id],
  );
  expect(told.map(({ place }) => place)).toEqual(expect.arrayContaining([from, to]));
});

it("is one of the two when it is raced by a revocation, and never more", async () => {
  for (let round = 0; round < 12; round++) {
    const { owner, editor, from, to } = await shelves();
    const { id } = await makeDocument(owner, from);
    // co-owners move what is not theirs
    await grant(owner, { type: "collection", id: from }, { email: editor.email, role: "owner" });
    const end = round % 2 === 0 ? from : to;
    const given = (await listGrants(owner, { type: "collection", id: end })).items.find(
      ({ userId }) => userId === editor.id,
    )!;
    const [moved] = await Promise.all([
      outcome(move(editor, to, id)),
      revoke(owner, { type: "collection", id: end }, given.id),
    ]);
    const isMoved = (await placeOf(id)) === to;
    expect(isMoved ? "ok" : moved).toBe(moved);
    // after the revocation nothing goes
    const next = await makeDocument(owner, from);
    await outcome(move(editor, to, next.id));
    expect(await placeOf(next.id)).toBe(from);
  }
});

it("never loses or doubles a document or a byte, whatever is done to it at once", async () => {
  const { owner, editor, from, to } = await shelves();
  const third = await createCollection(owner, { name: "Third", description: "" });
  await grant(owner, { type: "collection", id: third.id }, { email: editor.email, role: "editor" });
  const places = [from, to, third.id];
  const documents: string[] = [];
  for (let i = 0; i < 12; i++) documents.push((await makeDocument(editor, from)).id);
  const others = [...documents].reverse();
  const work: Promise<unknown>[] = [];
  for (let round = 0; round < 6; round++) {
    for (const [at, place] of places.entries())
      work.push(outcome(move(at % 2 ? owner : editor, place, ...(at % 2 ? others : documents))));
    const id = documents[round]!;
    work.push(outcome(trashDocument(editor, id)), outcome(deleteDocument(editor, documents[11 - round]!)));
    work.push(outcome(setAccessMode(owner, documents[6]!, round % 2 ? "invite" : "collection")));
    work.push(outcome(trashCollection(owner, third.id)), outcome(restoreCollection(owner, third.id)));
  }
  work.push(outcome(deleteCollection(owner, to)));
  const told = await Promise.all(work);
  const known = /^(ok|not_found:document|forbidden:(collection|action)|conflict:moved_meanwhile)$/;
  expect(told.filter((one) => !known.test(String(one)))).toEqual([]);
  const truth = await quotaTruth(editor.id);
  expect(truth.counter).toEqual(truth.ledger);
  expect(truth.counter).toEqual(truth.rows);
  // what is left lies somewhere that is there
  const lost = await asOwner(
    "SELECT FROM documents d WHERE d.owner_id = $1 AND NOT EXISTS (SELECT FROM collections c WHERE c.id = d.collection_id)",
    [editor.id],
  );
  expect(lost).toEqual([]);
  for (const id of documents) await outcome(restoreDocument(editor, id));
});

it("has one place after any number of moves at once, and as many entries as moves", async () => {
  const { owner, editor, from, to } = await shelves();
  const { id, version } = await makeDocument(editor, from);
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      outcome(updateDocument(at % 2 ? owner : editor, id, { version, collectionId: to })),
    ),
  );
  expect(results.filter((one) => one === "ok")).toHaveLength(1);
  expect(results.filter((one) => one === "conflict:stale_version")).toHaveLength(9);
  expect(await entries(id)).toHaveLength(2);
});

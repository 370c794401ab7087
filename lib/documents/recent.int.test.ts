import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { asOwner, makeDocument, makePendingUpload, makePerson, missingId } from "#prisma/factories.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { createCollection, restoreCollection, trashCollection } from "#lib/collections/index.ts";
import { grant, setAccessMode } from "#lib/sharing/index.ts";
import { makeShared, outcome } from "#lib/sharing/test-support.ts";
import { confirmUpload } from "#lib/uploads/index.ts";
import {
  deleteDocument,
  getDocument,
  listDocuments,
  listRecentDocuments,
  recordOpening,
  restoreDocument,
  trashDocument,
  updateDocument,
} from "./index.ts";

const app = new pg.Client({ connectionString: process.env.DATABASE_URL });
beforeAll(() => app.connect());
afterAll(() => app.end());

const idsOf = async (actor: UserActor) => (await listRecentDocuments(actor)).items.map(({ id }) => id);

async function shelf(count: number) {
  const owner = await makePerson({ role: "admin" });
  const { id } = await createCollection(owner, { name: "Letters", description: "" });
  const documents: string[] = [];
  for (let i = 0; i < count; i++) documents.push((await makeDocument(owner, id)).id);
  return { owner, id, documents };
}

it("puts first what a person opened, uploaded or changed last, with that time", async () => {
  const { owner, id, documents } = await shelf(3);
  const [first, second, third] = documents as [string, string, string];
  expect(await idsOf(owner)).toEqual([third, second, first]);

  await recordOpening(owner, first);
  expect(await idsOf(owner)).toEqual([first, third, second]);
  const opened = (await listRecentDocuments(owner)).items[0]!;
  expect(Date.parse(opened.usedAt)).toBeGreaterThan(Date.parse(opened.createdAt));

  await updateDocument(owner, second, { version: 1, name: "Renamed.txt" });
  expect(await idsOf(owner)).toEqual([second, first, third]);

  // an upload comes in when it arrives, not when it was begun
  const { documentId } = await makePendingUpload(owner, id);
  await recordOpening(owner, third);
  expect(await idsOf(owner)).not.toContain(documentId);
  await confirmUpload(owner, documentId);
  expect(await idsOf(owner)).toEqual([documentId, third, second, first]);

  // neither looking at it from a script nor at a list moves anything, nor what a job finds out
  await getDocument(owner, first);
  await listDocuments(owner, { scope: "live" });
  await asOwner("UPDATE documents SET status = 'ready', page_count = 3, updated_at = now() WHERE id = $1", [
    first,
  ]);
  expect(await idsOf(owner)).toEqual([documentId, third, second, first]);
});

it("tells nobody else, and lists only what may be seen now", async () => {
  const { owner, reader, collection, document } = await makeRead();
  expect(await idsOf(reader)).toEqual([]);
  await recordOpening(reader, document);
  expect(await idsOf(reader)).toEqual([document]);
  // the owner's own list stays as the upload left it
  const [before] = (await listRecentDocuments(owner)).items;
  expect(before!.id).toBe(document);
  await recordOpening(reader, document);
  expect((await listRecentDocuments(owner)).items).toEqual([before]);

  await setAccessMode(owner, document, "private");
  expect(await idsOf(reader)).toEqual([]);
  await setAccessMode(owner, document, "collection");
  expect(await idsOf(reader)).toEqual([document]);
  await trashDocument(owner, document);
  expect([await idsOf(reader), await idsOf(owner)]).toEqual([[], []]);
  await restoreDocument(owner, document);
  expect(await idsOf(reader)).toEqual([document]);
  await trashCollection(owner, collection);
  expect([await idsOf(reader), await idsOf(owner)]).toEqual([[], []]);
  await restoreCollection(owner, collection);
  await asOwner("UPDATE permissions SET expires_at = now() WHERE user_id = $1", [reader.id]);
  expect(await idsOf(reader)).toEqual([]);
});

it("refuses what may not be seen as if it were missing, and keeps nothing of it", async () => {
  const { owner, id, documents } = await shelf(1);
  const { documentId: pending } = await makePendingUpload(owner, id);
  const stranger = await makePerson();
  const admin = await makePerson({ isSystemAdmin: true });
  for (const [actor, what, answer] of [
    [stranger, documents[0]!, "not_found:document"],
    [stranger, missingId(), "not_found:document"],
    [owner, pending, "not_found:document"],
    [admin, documents[0]!, "forbidden:document"],
    [admin, missingId(), "forbidden:document"],
  ] as const)
    expect(await outcome(recordOpening(actor, what))).toBe(answer);
  await trashDocument(owner, documents[0]!);
  expect(await outcome(recordOpening(owner, documents[0]!))).toBe("not_found:document");
  const rows = await asOwner("SELECT FROM recent_documents WHERE user_id = ANY ($1)", [
    [stranger.id, admin.id],
  ]);
  expect(rows).toEqual([]);
});

it("keeps a bounded number for each person, whoever writes at once, and goes with document and person", async () => {
  const { owner, id, documents } = await shelf(2);
  const others = await asOwner<{ id: string }>(
    `INSERT INTO documents (collection_id, owner_id, name, content_type, size_bytes, sha256, status, blob_id)
     SELECT $1, $2, 'Note ' || n, 'text/plain', 1, d.sha256, 'ready', d.blob_id FROM generate_series(1, 70) n, documents d WHERE d.id = $3
     RETURNING id`,
    [id, owner.id, documents[0]],
  );
  const all = others.map((row) => row.id);
  for (let start = 0; start < all.length; start += 7)
    await Promise.all(all.slice(start, start + 7).map((document) => recordOpening(owner, document)));
  await Promise.all(Array.from({ length: 8 }, () => recordOpening(owner, all.at(-1)!)));
  const rows = await asOwner<{ document_id: string }>(
    "SELECT document_id FROM recent_documents WHERE user_id = $1 ORDER BY used_at DESC",
    [owner.id],
  );
  expect(rows.length).toBe(48);
  expect(new Set(rows.map((row) => row.document_id)).size).toBe(48);
  expect(rows[0]!.document_id).toBe(all.at(-1));
  // those that were opened first are the ones that went
  expect(rows.some((row) => all.slice(0, 15).includes(row.document_id))).toBe(false);
  expect((await listRecentDocuments(owner)).items).toHaveLength(24);

  await recordOpening(owner, documents[1]!);
  expect((await idsOf(owner))[0]).toBe(documents[1]);
  await deleteDocument(owner, documents[1]!);
  const left = await asOwner("SELECT FROM recent_documents WHERE document_id = $1", [documents[1]]);
  expect(left).toEqual([]);
});

it("is out of reach of the application but through its functions", async () => {
  for (const text of [
    "SELECT FROM recent_documents",
    "DELETE FROM recent_documents",
    `SELECT app.put_recent('${randomUUID()}', '${randomUUID()}')`,
  ])
    await expect(app.query(text)).rejects.toMatchObject({ code: "42501" });
  await expect(app.query("SELECT * FROM app.list_recent_documents(5)")).rejects.toMatchObject({
    code: "SH003",
    detail: "actor",
  });
});

async function makeRead() {
  const { owner, collection, colleague } = await makeShared();
  const reader = await colleague();
  await grant(owner, collection, { email: reader.email, role: "viewer" });
  const { id } = await makeDocument(owner, collection.id);
  return { owner, reader, collection: collection.id, document: id };
}

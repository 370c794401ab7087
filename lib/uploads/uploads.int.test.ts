import { describe, expect, it } from "vitest";
import {
  asOwner,
  makeDocument,
  makePendingUpload,
  makePerson,
  makeText,
  missingId,
  passAnHour,
  pendingTruth,
  quotaTruth,
  sha256,
} from "#prisma/factories.ts";
import { createCollection, deleteCollection, trashCollection } from "#lib/collections/index.ts";
import { deleteDocument, getDocument, trashDocument } from "#lib/documents/index.ts";
import { type AppError } from "#lib/errors/index.ts";
import { addCollaborator } from "#lib/sharing/index.ts";
import { storage } from "#lib/storage/index.ts";
import {
  confirmUpload,
  removeDoomedObjects,
  removeOrphanedObjects,
  requestUpload,
  sweepAbandonedUploads,
} from "./index.ts";

async function withCollection(limits: Parameters<typeof makePerson>[0] = {}) {
  const person = await makePerson(limits);
  const collection = await createCollection(person, { name: "Field notes", description: "" });
  return { person, collection };
}
const outcome = (settled: PromiseSettledResult<unknown>) =>
  settled.status === "fulfilled" ? "ok" : (settled.reason as AppError).code;
const expectExact = async (personId: string) => {
  const { counter, ledger, rows } = await quotaTruth(personId);
  expect(ledger).toEqual(counter);
  expect(rows).toEqual(counter);
  const pending = await pendingTruth(personId);
  expect(pending.counter).toEqual(pending.rows);
  return counter;
};

describe("confirm", () => {
  it("lets one of fifty have the last place; the others are refused for that reason, and nothing of them stays", async () => {
    const { person, collection } = await withCollection({ limits: { documents: 1 } });
    const pending = await Promise.all(
      Array.from({ length: 50 }, () => makePendingUpload(person, collection.id)),
    );
    const settled = await Promise.allSettled(
      pending.map(({ documentId }) => confirmUpload(person, documentId)),
    );
    expect(settled.map(outcome).toSorted()).toEqual(
      [...Array<string>(1).fill("ok"), ...Array<string>(49).fill("quota_exceeded")].toSorted(),
    );
    const refusal = settled.find((one) => one.status === "rejected")!.reason as AppError;
    expect(refusal).toMatchObject({
      status: 403,
      details: { resource: "documents", used: 1, limit: 1, requested: 1 },
    });
    expect(await expectExact(person.id)).toEqual({ collections: 1, documents: 1, bytes: 64 });
    expect(
      await asOwner("SELECT FROM documents WHERE owner_id = $1 AND status = 'pending'", [person.id]),
    ).toHaveLength(0);
    expect((await storage.list({ prefix: `${person.id}/` })).items).toHaveLength(1);
  });

  it("never passes the bytes allowed, and says how many were used, allowed and rejected", async () => {
    const { person, collection } = await withCollection({ limits: { storageBytes: 3100 } });
    await makeDocument(person, collection.id, makeText(2100));
    const pending = await Promise.all(
      Array.from({ length: 20 }, () => makePendingUpload(person, collection.id, makeText(300))),
    );
    const settled = await Promise.allSettled(
      pending.map(({ documentId }) => confirmUpload(person, documentId)),
    );
    expect(settled.filter((one) => one.status === "fulfilled")).toHaveLength(3);
    const refusal = settled.find((one) => one.status === "rejected")!.reason as AppError;
    expect(refusal).toMatchObject({
      status: 413,
      details: { resource: "storageBytes", usedBytes: 3000, limitBytes: 3100, rejectedBytes: 300 },
    });
    expect((await expectExact(person.id)).bytes).toBe(3000);
  });

  it("charges once however often and however parallel it is repeated", async () => {
    const { person, collection } = await withCollection();
    const { documentId } = await makePendingUpload(person, collection.id);
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirmUpload(person, documentId)));
    expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([documentId]));
    expect(await expectExact(person.id)).toEqual({ collections: 1, documents: 1, bytes: 64 });
    expect(
      await asOwner("SELECT FROM outbox WHERE name = 'document/uploaded' AND data->>'documentId' = $1", [
        documentId,
      ]),
    ).toHaveLength(1);
  });

  it("stores equal bytes of one owner once, of two owners twice", async () => {
    const { person, collection } = await withCollection();
    const bytes = makeText(500);
    const pending = await Promise.all(
      Array.from({ length: 10 }, () => makePendingUpload(person, collection.id, bytes)),
    );
    await Promise.all(pending.map(({ documentId }) => confirmUpload(person, documentId)));
    expect(await expectExact(person.id)).toEqual({ collections: 1, documents: 10, bytes: 500 });
    const again = await makePendingUpload(person, collection.id, bytes);
    expect(again.upload).toBeNull();
    await confirmUpload(person, again.documentId);
    expect((await expectExact(person.id)).bytes).toBe(500);
    await removeDoomedObjects();
    expect((await storage.list({ prefix: `${person.id}/` })).items).toHaveLength(1);
    const other = await withCollection();
    expect((await makePendingUpload(other.person, other.collection.id, bytes)).upload).not.toBeNull();
  });

  it("refuses what is not there, not yours, or not what was declared", async () => {
    const { person, collection } = await withCollection();
    const bytes = makeText();
    const input = {
      collectionId: collection.id,
      filename: "a.txt",
      contentType: "text/plain",
      sizeBytes: bytes.length,
      sha256: sha256(bytes),
    };
    const { documentId } = await requestUpload(person, input);
    await expect(confirmUpload(person, documentId)).rejects.toMatchObject({
      code: "conflict",
      reason: "nothing_uploaded",
    });
    await expect(confirmUpload(await makePerson(), documentId)).rejects.toMatchObject({ code: "not_found" });
    await expect(confirmUpload(person, missingId())).rejects.toMatchObject({ code: "not_found" });
    const html = Buffer.from(`<!doctype html><script>${makeText().toString()}</script>`);
    const hostile = await makePendingUpload(person, collection.id, html, "invoice.pdf", "application/pdf");
    await expect(confirmUpload(person, hostile.documentId)).rejects.toMatchObject({
      code: "content_mismatch",
      details: { foundType: "text/html" },
    });
    await expect(getDocument(person, hostile.documentId)).rejects.toMatchObject({ code: "not_found" });
    await expect(requestUpload(person, { ...input, contentType: "image/svg+xml" })).rejects.toMatchObject({
      code: "type_not_allowed",
    });
    expect(await expectExact(person.id)).toEqual({ collections: 1, documents: 0, bytes: 0 });
  });

  it("needs the right to add at the moment of confirming", async () => {
    const { person, collection } = await withCollection();
    const editor = await makePerson();
    const grant = await addCollaborator(person, collection.id, { email: editor.email, role: "editor" });
    const { documentId } = await makePendingUpload(editor, collection.id);
    await asOwner("UPDATE permissions SET deleted_at = now() WHERE id = $1", [grant.id]);
    await expect(confirmUpload(editor, documentId)).rejects.toMatchObject({ code: "forbidden" });
    const later = await makePendingUpload(person, collection.id);
    await trashCollection(person, collection.id);
    await expect(confirmUpload(person, later.documentId)).rejects.toMatchObject({ code: "forbidden" });
    expect((await expectExact(editor.id)).documents).toBe(0);
  });
});

describe("release", () => {
  it("gives back exactly once when deletes race", async () => {
    const { person, collection } = await withCollection();
    const bytes = makeText(200);
    const documents = [];
    for (let i = 0; i < 6; i++)
      documents.push(await makeDocument(person, collection.id, i < 3 ? bytes : undefined));
    await trashDocument(person, documents[0]!.id);
    expect((await expectExact(person.id)).documents).toBe(6);
    const settled = await Promise.allSettled(
      documents.flatMap(({ id }) => [deleteDocument(person, id), deleteDocument(person, id)]),
    );
    expect(settled.filter((one) => one.status === "fulfilled")).toHaveLength(6);
    expect(new Set(settled.map(outcome))).toEqual(new Set(["ok", "not_found"]));
    expect(await expectExact(person.id)).toEqual({ collections: 1, documents: 0, bytes: 0 });
  });

  it("pays every uploader back when a collection goes, while others still upload into it", async () => {
    const { person, collection } = await withCollection();
    const editor = await makePerson();
    await addCollaborator(person, collection.id, { email: editor.email, role: "editor" });
    await Promise.all([
      makeDocument(person, collection.id),
      makeDocument(editor, collection.id),
      makeDocument(editor, collection.id),
    ]);
    const pending = await Promise.all([
      makePendingUpload(editor, collection.id),
      makePendingUpload(editor, collection.id),
    ]);
    const settled = await Promise.allSettled([
      deleteCollection(person, collection.id),
      deleteCollection(person, collection.id),
      ...pending.map(({ documentId }) => confirmUpload(editor, documentId)),
    ]);
    expect(settled.slice(0, 2).map(outcome).toSorted()).toEqual(["forbidden", "ok"]);
    expect(await expectExact(person.id)).toEqual({ collections: 0, documents: 0, bytes: 0 });
    expect(await expectExact(editor.id)).toEqual({ collections: 0, documents: 0, bytes: 0 });
  });

  it("holds through a random history of parallel uploads, duplicates and deletions", async () => {
    const { person, collection } = await withCollection({ limits: { documents: 12, storageBytes: 2000 } });
    const shared = [makeText(150), makeText(250), makeText(400)];
    const living = new Set<string>();
    await Promise.all(
      Array.from({ length: 8 }, async (_, worker) => {
        for (let round = 0; round < 12; round++) {
          const victim = [...living][(worker + round) % Math.max(living.size, 1)];
          if (round % 3 === 2 && victim) {
            await deleteDocument(person, victim).catch((error: AppError) =>
              expect(error.code).toBe("not_found"),
            );
            living.delete(victim);
            continue;
          }
          // what was given up counts for an hour, which here is over at once
          await passAnHour(person.id);
          const bytes = (worker + round) % 2 ? shared[(worker + round) % 3]! : makeText(90 + round);
          await makePendingUpload(person, collection.id, bytes)
            .then(({ documentId }) => confirmUpload(person, documentId))
            .then(
              ({ id }) => living.add(id),
              (error: AppError) => expect(["quota_exceeded", "conflict"]).toContain(error.code),
            );
        }
      }),
    );
    const truth = await expectExact(person.id);
    expect(truth.documents).toBeGreaterThan(0);
    expect(truth.documents).toBeLessThanOrEqual(12);
    expect(truth.bytes).toBeLessThanOrEqual(2000);
  });
});

describe("sweeps", () => {
  it("forget what was never confirmed, and only that", async () => {
    const { person, collection } = await withCollection();
    const stored = await makeDocument(person, collection.id);
    const old = await makePendingUpload(person, collection.id);
    const young = await makePendingUpload(person, collection.id);
    await asOwner("UPDATE documents SET created_at = now() - interval '61 minutes' WHERE id = ANY ($1)", [
      [old.documentId, stored.id],
    ]);
    const [first, second] = await Promise.all([sweepAbandonedUploads(), sweepAbandonedUploads()]);
    expect(first + second).toBe(1);
    await removeDoomedObjects();
    expect((await storage.list({ prefix: `${person.id}/` })).items).toHaveLength(2);
    await expect(confirmUpload(person, old.documentId)).rejects.toMatchObject({ code: "not_found" });
    await expect(confirmUpload(person, young.documentId)).resolves.toMatchObject({ status: "uploaded" });
    await expectExact(person.id);
  });

  it("settle with a confirm that runs at the same time: both or neither", async () => {
    const { person, collection } = await withCollection();
    const pending = await Promise.all(
      Array.from({ length: 10 }, () => makePendingUpload(person, collection.id)),
    );
    await asOwner("UPDATE documents SET created_at = now() - interval '2 hours' WHERE owner_id = $1", [
      person.id,
    ]);
    const [, ...confirms] = await Promise.allSettled([
      sweepAbandonedUploads(),
      ...pending.map(({ documentId }) => confirmUpload(person, documentId)),
    ]);
    const kept = confirms.filter((one) => one.status === "fulfilled").length;
    expect((await expectExact(person.id)).documents).toBe(kept);
  });

  it("give up objects that were announced and never taken into use, after a day", async () => {
    const { person, collection } = await withCollection();
    const waiting = await makePendingUpload(person, collection.id);
    const stray = `${person.id}/${missingId()}/${missingId()}.webp`;
    const young = `${person.id}/${missingId()}/${missingId()}.webp`;
    for (const key of [stray, young]) {
      await storage.put(key, makeText(), { contentType: "image/webp" });
      await asOwner("INSERT INTO objects (owner_id, key) VALUES ($1, $2)", [person.id, key]);
    }
    await asOwner(
      "UPDATE objects SET created_at = now() - interval '25 hours' WHERE key <> $1 AND owner_id = $2",
      [young, person.id],
    );
    await removeDoomedObjects();
    expect(await storage.stat(stray)).toBeNull();
    expect(await storage.stat(young)).not.toBeNull();
    expect(await confirmUpload(person, waiting.documentId)).toMatchObject({ status: "uploaded" });
  });

  it("remove objects that no row knows, once they are old", async () => {
    const { person, collection } = await withCollection();
    const { id } = await makeDocument(person, collection.id);
    const orphan = `${person.id}/${missingId()}/${missingId()}.txt`;
    await storage.put(orphan, makeText(), { contentType: "text/plain" });
    expect(await removeOrphanedObjects()).toBe(0);
    await removeOrphanedObjects(-60);
    expect(await storage.stat(orphan)).toBeNull();
    expect((await storage.list({ prefix: `${person.id}/${id}/` })).items).toHaveLength(1);
  });
});

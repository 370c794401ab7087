import { describe, expect, it } from "vitest";
import { goodPdfs, damagedPdfs, lockedPdfs } from "#e2e/fixtures/pdfs.ts";
import { asOwner, makeDocument, makePerson, makeText, quotaTruth } from "#prisma/factories.ts";
import { createCollection } from "#lib/collections/index.ts";
import { storage } from "#lib/storage/index.ts";
import { removeDoomedObjects } from "#lib/uploads/index.ts";
import { deleteDocument, getDocument, getThumbnailUrl, restartProcessing } from "./index.ts";
import { findStalledDocuments, giveUpProcessing, processUploadedDocument } from "./processing.ts";

async function setUp() {
  const person = await makePerson();
  const { id } = await createCollection(person, { name: "Papers", description: "" });
  return { person, collectionId: id };
}
const jobsOf = (id: string) =>
  asOwner<{ status: string; attempts: number }>(
    "SELECT status, attempts FROM pdf_jobs WHERE document_id = $1",
    [id],
  );
const firstOf = async (set: Record<string, () => Buffer | Promise<Buffer>>) => {
  const [make] = Object.values(set);
  return Buffer.from(await make!());
};

describe("processing", () => {
  it("finds pages, text and a thumbnail, once however often it runs", async () => {
    const { person, collectionId } = await setUp();
    const { id } = await makeDocument(
      person,
      collectionId,
      await firstOf(goodPdfs),
      "letter.pdf",
      "application/pdf",
    );
    const outcomes = await Promise.all([processUploadedDocument(id), processUploadedDocument(id)]);
    expect(outcomes).toContain("processed");
    expect(await processUploadedDocument(id)).toBe("skipped");
    const found = await getDocument(person, id);
    expect(found).toMatchObject({ status: "ready", problem: null, progress: 100, hasThumbnail: true });
    expect(found.pageCount).toBeGreaterThan(0);
    const pages = await asOwner<{ page: number; body: string }>(
      "SELECT page, body FROM document_pages WHERE document_id = $1 ORDER BY part",
      [id],
    );
    expect(pages[0]).toMatchObject({ page: 1 });
    expect(pages[0]!.body.length).toBeGreaterThan(5);
    expect((await getThumbnailUrl(person, id)).url).toContain("/storage/");
    expect(await jobsOf(id)).toEqual([{ status: "completed", attempts: 2 }]);
    await removeDoomedObjects();
    expect((await storage.list({ prefix: `${person.id}/${id}/` })).items).toHaveLength(2);
  });

  it("says what is wrong with a locked and a damaged file, and keeps both", async () => {
    const { person, collectionId } = await setUp();
    for (const [set, problem] of [
      [lockedPdfs, "encrypted"],
      [damagedPdfs, "damaged"],
    ] as const) {
      const { id } = await makeDocument(
        person,
        collectionId,
        await firstOf(set),
        "file.pdf",
        "application/pdf",
      );
      await processUploadedDocument(id);
      expect(await getDocument(person, id)).toMatchObject({ status: "failed", problem });
      expect((await jobsOf(id))[0]!.status).toBe("failed");
    }
    expect((await quotaTruth(person.id)).counter.documents).toBe(2);
  });

  it("leaves a document that was deleted meanwhile alone, and nothing behind", async () => {
    const { person, collectionId } = await setUp();
    const { id } = await makeDocument(person, collectionId, makeText(2000), "notes.txt", "text/plain");
    const running = processUploadedDocument(id);
    await deleteDocument(person, id);
    await running.catch(() => undefined); // its source may be gone before it began
    await removeDoomedObjects();
    expect((await storage.list({ prefix: `${person.id}/` })).items).toHaveLength(0);
    expect((await quotaTruth(person.id)).counter).toEqual({ collections: 1, documents: 0, bytes: 0 });
  });

  it("finds what stalled, and gives up in a way that leaves the file usable", async () => {
    const { person, collectionId } = await setUp();
    const { id } = await makeDocument(person, collectionId);
    expect(await findStalledDocuments(60)).not.toContain(id);
    await asOwner("UPDATE pdf_jobs SET created_at = now() - interval '1 hour' WHERE document_id = $1", [id]);
    expect(await findStalledDocuments(60)).toContain(id);
    await giveUpProcessing(id);
    expect(await getDocument(person, id)).toMatchObject({ status: "failed", problem: "crashed" });
    expect(await findStalledDocuments(60)).not.toContain(id);
  });

  it("starts again when asked to, once however parallel", async () => {
    const { person, collectionId } = await setUp();
    const { id } = await makeDocument(person, collectionId);
    await giveUpProcessing(id);
    const answers = await Promise.all(Array.from({ length: 8 }, () => restartProcessing(person, id)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(["uploaded"]));
    expect((await jobsOf(id)).map(({ status }) => status).toSorted()).toEqual(["failed", "pending"]);
    expect(await processUploadedDocument(id)).toBe("processed");
    expect(await getDocument(person, id)).toMatchObject({
      status: "ready",
      problem: null,
      hasThumbnail: true,
    });
  });
});

import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { only, Prisma, read, rows, transaction } from "#lib/db/index.ts";
import { log } from "#lib/log/index.ts";
import { processDocument, type ProcessResult } from "#lib/pdf/index.ts";
import { storage } from "#lib/storage/index.ts";

interface Work {
  ownerId: string;
  contentType: string;
  key: string;
}

/** A running job says at least this often that it lives, in milliseconds. */
const HEARTBEAT_MS = 10_000;

/**
 * Reads an uploaded document (pages, text, thumbnail) in a child process and writes what was found. May run twice, late
 * or beside itself: only the first result of a document that is still `uploaded` is kept. Throws what is worth a retry.
 */
export async function processUploadedDocument(documentId: string): Promise<"processed" | "skipped"> {
  const work = await startJob(documentId);
  if (!work) return "skipped";
  const folder = await mkdtemp(path.join(tmpdir(), "sheaf-process-"));
  const beat = setInterval(() => void touchJob(documentId), HEARTBEAT_MS);
  try {
    const sourcePath = path.join(folder, "source");
    await pipeline(await storage.stream(work.key), createWriteStream(sourcePath));
    const report = progressReporter(documentId);
    const result = await processDocument({
      sourcePath,
      contentType: work.contentType,
      outDir: path.join(folder, "out"),
      onProgress: ({ page, pages }) => report(Math.floor((95 * page) / Math.max(pages, 1))),
    });
    if (!result.ok)
      log().warn({ documentId, reason: result.reason, detail: result.detail }, "document could not be read");
    await finish(documentId, work, result);
    return "processed";
  } finally {
    clearInterval(beat);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Settles a document whose processing failed for good: it stays stored and can be downloaded. */
export async function giveUpProcessing(documentId: string): Promise<void> {
  await transaction(system, async (tx) => {
    await tx.$executeRaw`SELECT app.document_processed(${documentId}::uuid, 'failed', 'crashed', NULL, NULL, NULL)`;
    await endJob(tx, documentId, "failed", "crashed");
  });
}

/**
 * Documents whose job has shown no life for longer than any run may take, or was never started. Their ids are for
 * starting it again; what really is done is then skipped.
 */
export function findStalledDocuments(silentSeconds: number): Promise<string[]> {
  const stalled = read(
    system,
    z.object({ id: z.string() }),
    Prisma.sql`
      SELECT j.document_id AS id FROM pdf_jobs j
       WHERE j.kind = 'process' AND j.status IN ('pending', 'processing') AND j.document_id IS NOT NULL
         AND coalesce(j.heartbeat_at, j.created_at) < now() - make_interval(secs => ${silentSeconds})
       ORDER BY j.id LIMIT 500`,
  );
  return stalled.then((found) => found.map(({ id }) => id));
}

function startJob(documentId: string): Promise<Work | null> {
  return transaction(system, async (tx) => {
    const document = await tx.document.findUnique({
      where: { id: documentId },
      select: {
        ownerId: true,
        contentType: true,
        status: true,
        blob: { select: { object: { select: { key: true } } } },
      },
    });
    if (document?.status !== "uploaded" || !document.blob) return null;
    await tx.pdfJob.updateMany({
      where: { documentId, kind: "process", status: { in: ["pending", "processing"] } },
      data: {
        status: "processing",
        attempts: { increment: 1 },
        startedAt: new Date(),
        heartbeatAt: new Date(),
      },
    });
    return { ownerId: document.ownerId, contentType: document.contentType, key: document.blob.object.key };
  });
}

async function touchJob(documentId: string): Promise<void> {
  await transaction(system, (tx) =>
    tx.pdfJob.updateMany({ where: { documentId, status: "processing" }, data: { heartbeatAt: new Date() } }),
  ).catch((error: unknown) => log().warn({ err: error, documentId }, "heartbeat not written"));
}

/** Writes progress one at a time; what comes while a write runs is dropped, but for the latest. */
function progressReporter(documentId: string): (percent: number) => void {
  let wanted = 0;
  let written = 0;
  let isWriting = false;
  const write = async () => {
    isWriting = true;
    while (wanted > written) {
      const percent = (written = wanted);
      await transaction(
        system,
        (tx) => tx.$executeRaw`SELECT app.document_progress(${documentId}::uuid, ${percent}::int)`,
      ).catch(
        () => undefined, // the result matters, not the way there
      );
    }
    isWriting = false;
  };
  return (percent) => {
    wanted = Math.max(wanted, percent);
    if (!isWriting && wanted > written) void write();
  };
}

async function finish(documentId: string, work: Work, result: ProcessResult): Promise<void> {
  const thumbnail = result.ok && result.thumbnailPath ? await readFile(result.thumbnailPath) : null;
  // NUL has no place in PostgreSQL's text
  const text =
    result.ok && result.textPath ? (await readFile(result.textPath, "utf8")).replaceAll("\0", "") : null;
  const key = `${work.ownerId}/${documentId}/${randomUUID()}.webp`;
  const object = thumbnail
    ? await transaction(system, (tx) =>
        tx.storedObject.create({ data: { ownerId: work.ownerId, key }, select: { id: true } }),
      )
    : null;
  if (thumbnail)
    await storage.put(key, thumbnail, { contentType: "image/webp", sizeBytes: thumbnail.byteLength });
  const status = result.ok ? "ready" : "failed";
  const problem = result.ok ? (result.partial?.reason ?? null) : result.reason;
  const pages = result.ok ? result.pageCount : null;
  await transaction(system, async (tx) => {
    const done = await rows(
      tx,
      z.object({ isKept: z.boolean() }),
      Prisma.sql`SELECT app.document_processed(${documentId}::uuid, ${status}, ${problem}, ${pages}::int, ${object?.id ?? null}::uuid, ${text}) AS "isKept"`,
    );
    if (only(done).isKept) await endJob(tx, documentId, result.ok ? "completed" : "failed", problem);
    // deleted meanwhile, or another attempt was first: this thumbnail is nobody's
    else if (object)
      await tx.storedObject.updateMany({
        where: { id: object.id },
        data: { state: "doomed", doomedAt: new Date() },
      });
  });
}

async function endJob(
  tx: Prisma.TransactionClient,
  documentId: string,
  status: "completed" | "failed",
  problem: string | null,
): Promise<void> {
  await tx.pdfJob.updateMany({
    where: { documentId, kind: "process", status: { in: ["pending", "processing"] } },
    data: { status, problem, progress: 100, finishedAt: new Date() },
  });
}

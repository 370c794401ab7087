import { randomUUID } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { recordAudit } from "#lib/audit/index.ts";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, read, transaction, write } from "#lib/db/index.ts";
import { confirmDocument, demandDocument, getDocument } from "#lib/documents/index.ts";
import type { DocumentDetailView, UploadUrlInput, UploadUrlView } from "#lib/documents/schema.ts";
import { allowedTypes, isAllowedType } from "#lib/documents/values.ts";
import { env } from "#lib/env/index.ts";
import { actionForbidden, AppError, collectionForbidden } from "#lib/errors/index.ts";
import { log } from "#lib/log/index.ts";
import { sniffContentType } from "#lib/pdf/index.ts";
import { storage } from "#lib/storage/index.ts";

export { removeDoomedObjects, removeOrphanedObjects, sweepAbandonedUploads } from "./sweep.ts";

/** How much of a file is looked at to tell its type, in bytes. */
const SNIFFED_BYTES = 8192;

/**
 * Makes a pending document and says where its bytes go: a presigned PUT of 15 minutes, bound to length, type and
 * SHA-256, or `upload: null` when the owner already stores these bytes. The quota is charged by `confirmUpload`; what
 * could not be confirmed even alone, and what is too much under way at once, is refused here (`quota_exceeded`).
 */
export async function requestUpload(actor: UserActor, input: UploadUrlInput): Promise<UploadUrlView> {
  const { collectionId, contentType, filename, sizeBytes, sha256 } = input;
  if (!isAllowedType(contentType))
    throw new AppError("type_not_allowed", `Type ${contentType}`, { allowed: Object.keys(allowedTypes) });
  if (sizeBytes > env.MAX_UPLOAD_BYTES) {
    throw new AppError("file_too_large", "Larger than MAX_UPLOAD_BYTES", {
      sizeBytes,
      limitBytes: env.MAX_UPLOAD_BYTES,
    });
  }
  const documentId = uuidv7();
  const key = `${actor.id}/${documentId}/${randomUUID()}${allowedTypes[contentType]}`;
  const begun = await write(
    actor,
    z.object({ outcome: z.enum(["upload", "stored", "unseen", "forbidden"]) }),
    Prisma.sql`SELECT app.begin_upload(${collectionId}::uuid, ${documentId}::uuid, ${filename}, ${contentType}, ${sizeBytes}::bigint,
      decode(${sha256}, 'hex'), ${key}) AS outcome`,
  ).catch(async (error: unknown) => {
    await recordRefusal(actor, { id: documentId, name: filename }, error);
    throw error;
  });
  const { outcome } = only(begun);
  if (outcome === "unseen") throw collectionForbidden();
  if (outcome === "forbidden") throw actionForbidden("create_documents");
  if (outcome === "stored") return { documentId, upload: null };
  const { expiresAt, ...put } = await storage.presignPut({ key, contentType, sizeBytes, sha256 });
  return { documentId, upload: { ...put, expiresAt: expiresAt.toISOString() } };
}

const uploadRow = z.object({
  status: z.string(),
  name: z.string(),
  contentType: z.string(),
  sizeBytes: z.bigint().transform(Number),
  sha256: z.string(),
  uploadKey: z.string().nullable(),
  /** Of an object with these bytes that the owner stores already. */
  storedKey: z.string().nullable(),
});
type OwnUpload = z.output<typeof uploadRow>;

/**
 * Makes an uploaded document real: looks at what the store really holds, then charges the owner in one transaction.
 * Repeating it answers the document and charges nothing. Over quota (413 or 403), a wrong length, checksum or type
 * (422): the object and the pending document are removed, nothing is charged. Nothing stored: `conflict`, try again.
 */
export async function confirmUpload(actor: UserActor, id: string): Promise<DocumentDetailView> {
  const pending = await findUpload(actor, id);
  if (pending.status !== "pending") return getDocument(actor, id);
  await demandContent(actor, id, pending);
  try {
    return await confirmDocument(actor, id, pending.uploadKey !== null);
  } catch (error) {
    if (error instanceof AppError && error.code === "quota_exceeded") {
      await discard(actor, id, pending.uploadKey);
      await recordRefusal(actor, { id, name: pending.name }, error);
    }
    throw error;
  }
}

/** What the quota refused goes to the audit log; other errors don't. */
async function recordRefusal(actor: UserActor, document: { id: string; name: string }, error: unknown) {
  if (!(error instanceof AppError) || error.code !== "quota_exceeded") return;
  const { details: metadata } = error;
  await transaction(actor, (tx) =>
    recordAudit(tx, actor, {
      action: "quota.refused",
      resource: { type: "document", ...document },
      metadata,
    }),
  );
}

/** Forgets an upload that its owner gave up. Whatever is no pending upload of theirs is left as it is: false. */
export async function cancelUpload(actor: UserActor, id: string): Promise<boolean> {
  const pending = await findOwn(actor, id);
  if (pending?.status !== "pending") return false;
  await discard(actor, id, pending.uploadKey);
  return true;
}

const findOwn = async (actor: UserActor, id: string): Promise<OwnUpload | undefined> => {
  const [found] = await read(
    actor,
    uploadRow,
    Prisma.sql`
      SELECT d.status, d.name, d.content_type AS "contentType", d.size_bytes AS "sizeBytes", encode(d.sha256, 'hex') AS sha256,
             o.key AS "uploadKey", s.key AS "storedKey"
        FROM documents d LEFT JOIN objects o ON o.id = d.upload_object_id
        LEFT JOIN blobs b ON b.owner_id = d.owner_id AND b.sha256 = d.sha256 LEFT JOIN objects s ON s.id = b.object_id
       WHERE d.id = ${id}::uuid AND d.owner_id = ${actor.id}::uuid`,
  );
  return found;
};

async function findUpload(actor: UserActor, id: string): Promise<OwnUpload> {
  const found = await findOwn(actor, id);
  if (found) return found;
  // someone else's document answers as for any other verb
  await demandDocument(actor, id);
  throw actionForbidden("create_documents");
}

/** Compares what the store holds with what was declared; on a mismatch nothing stays behind. */
async function demandContent(actor: UserActor, id: string, pending: OwnUpload): Promise<void> {
  const key = pending.uploadKey ?? pending.storedKey;
  const stored = key ? await storage.stat(key) : null;
  if (!key || !stored) throw new AppError("conflict", "Nothing uploaded", { reason: "nothing_uploaded" });
  const head = await storage.read(key, { start: 0, end: SNIFFED_BYTES - 1 });
  const sniffed = await sniffContentType(head, pending.contentType);
  const isRight =
    stored.sizeBytes === pending.sizeBytes &&
    (stored.sha256 === null || stored.sha256 === pending.sha256) &&
    sniffed.matches;
  if (isRight) return;
  await discard(actor, id, pending.uploadKey);
  throw new AppError("content_mismatch", "Not what was declared", {
    declaredType: pending.contentType,
    foundType: sniffed.contentType,
  });
}

/** Removes a pending document, then its object: in this order a crash leaves an object that the sweep knows of. */
async function discard(actor: Actor, id: string, key: string | null): Promise<void> {
  const query = Prisma.sql`SELECT app.discard_upload(${id}::uuid) AS "isDone"`;
  const { isDone } = only(await write(actor, z.object({ isDone: z.boolean() }), query));
  if (!isDone || !key) return;
  await storage
    .delete(key)
    .catch((error: unknown) => log().warn({ err: error, documentId: id }, "object left to the sweep"));
}

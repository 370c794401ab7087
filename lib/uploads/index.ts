import { randomUUID } from "node:crypto";
import { recordAudit } from "#lib/audit/index.ts";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { allows } from "#lib/authz/permissions.ts";
import { transaction, type Tx } from "#lib/db/index.ts";
import { getDocument } from "#lib/documents/index.ts";
import {
  allowedTypes,
  type DocumentDetailView,
  isAllowedType,
  type UploadUrlInput,
  type UploadUrlView,
} from "#lib/documents/schema.ts";
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
 * SHA-256, or `upload: null` when the owner already stores these bytes. Nothing is charged before `confirmUpload`.
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
  const documentId = randomUUIDv7();
  const key = `${actor.id}/${documentId}/${randomUUID()}${allowedTypes[contentType]}`;
  const isStored = await transaction(actor, async (tx) => {
    const [place] = await tx.$queryRaw<{ mask: number; isLive: boolean }[]>`
      SELECT app.collection_mask(${collectionId}::uuid) AS mask, app.is_collection_live(${collectionId}::uuid) AS "isLive"`;
    if (!place?.isLive || !allows(place.mask, "view_documents")) throw collectionForbidden();
    if (!allows(place.mask, "create_documents")) throw actionForbidden("create_documents");
    const digest = Buffer.from(sha256, "hex");
    const blob = await tx.blob.findUnique({
      where: { ownerId_sha256: { ownerId: actor.id, sha256: digest } },
      select: { sizeBytes: true },
    });
    const known = blob !== null && Number(blob.sizeBytes) === sizeBytes;
    const object = known
      ? null
      : await tx.storedObject.create({ data: { ownerId: actor.id, key }, select: { id: true } });
    await tx.document.create({
      data: {
        id: documentId,
        collectionId,
        ownerId: actor.id,
        name: filename,
        contentType,
        sizeBytes,
        sha256: digest,
        uploadObjectId: object?.id,
      },
      select: { id: true },
    });
    return known;
  });
  if (isStored) return { documentId, upload: null };
  const { expiresAt, ...put } = await storage.presignPut({ key, contentType, sizeBytes, sha256 });
  return { documentId, upload: { ...put, expiresAt: expiresAt.toISOString() } };
}

interface PendingUpload {
  status: string;
  name: string;
  contentType: string;
  sizeBytes: number;
  sha256: string;
  uploadKey: string | null;
}

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
    await transaction(actor, async (tx) => {
      const [row] = await tx.$queryRaw<
        { outcome: string }[]
      >`SELECT app.confirm_document(${id}::uuid, ${pending.uploadKey !== null}) AS outcome`;
      if (row!.outcome !== "confirmed") return;
      const { name, sizeBytes } = pending;
      await recordAudit(tx, actor, {
        action: "document.uploaded",
        resource: { type: "document", id, name },
        metadata: { sizeBytes },
      });
    });
  } catch (error) {
    if (error instanceof AppError && error.code === "quota_exceeded") {
      await discard(actor, id, pending.uploadKey);
      await transaction(actor, (tx) =>
        recordAudit(tx, actor, {
          action: "quota.refused",
          resource: { type: "document", id, name: pending.name },
          metadata: error.details,
        }),
      );
    }
    throw error;
  }
  return getDocument(actor, id);
}

/** Forgets an upload that its owner gave up. Whatever is no pending upload of theirs is left as it is: false. */
export async function cancelUpload(actor: UserActor, id: string): Promise<boolean> {
  const pending = await transaction(actor, (tx) => findOwn(tx, actor, id));
  if (pending?.status !== "pending") return false;
  await discard(actor, id, pending.upload?.key ?? null);
  return true;
}

const findOwn = (tx: Tx, actor: UserActor, id: string) =>
  tx.document.findFirst({
    where: { id, ownerId: actor.id },
    select: {
      status: true,
      name: true,
      contentType: true,
      sizeBytes: true,
      sha256: true,
      upload: { select: { key: true } },
    },
  });

function findUpload(actor: UserActor, id: string): Promise<PendingUpload> {
  return transaction(actor, async (tx) => {
    const found = await findOwn(tx, actor, id);
    if (!found) {
      // someone else's document answers as for any other verb
      await getDocument(actor, id);
      throw actionForbidden("create_documents");
    }
    const { upload, sha256, sizeBytes, ...rest } = found;
    return {
      ...rest,
      sizeBytes: Number(sizeBytes),
      sha256: Buffer.from(sha256).toString("hex"),
      uploadKey: upload?.key ?? null,
    };
  });
}

/** Compares what the store holds with what was declared; on a mismatch nothing stays behind. */
async function demandContent(actor: UserActor, id: string, pending: PendingUpload): Promise<void> {
  const key = pending.uploadKey ?? (await storedKey(actor, pending.sha256));
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

function storedKey(actor: UserActor, sha256: string): Promise<string | null> {
  return transaction(actor, async (tx) => {
    const blob = await tx.blob.findUnique({
      where: { ownerId_sha256: { ownerId: actor.id, sha256: Buffer.from(sha256, "hex") } },
      select: { object: { select: { key: true } } },
    });
    return blob?.object.key ?? null;
  });
}

/** Removes a pending document, then its object: in this order a crash leaves an object that the sweep knows of. */
async function discard(actor: Actor, id: string, key: string | null): Promise<void> {
  const [row] = await transaction(
    actor,
    (tx) => tx.$queryRaw<{ done: boolean }[]>`SELECT app.discard_upload(${id}::uuid) AS done`,
  );
  if (!row?.done || !key) return;
  await storage
    .delete(key)
    .catch((error: unknown) => log().warn({ err: error, documentId: id }, "object left to the sweep"));
}

/** Time-ordered ids, as the database makes them, where the id is needed before the row. */
function randomUUIDv7(): string {
  const random = randomUUID().replaceAll("-", "");
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(13, 16)}-${random.slice(16, 20)}-${random.slice(20)}`;
}

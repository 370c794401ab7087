import { recordAudit } from "#lib/audit/index.ts";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { Prisma, read, transaction, type Tx } from "#lib/db/index.ts";
import { actionForbidden, AppError, documentNotFound } from "#lib/errors/index.ts";
import { storage } from "#lib/storage/index.ts";
import { type DocumentRow, documentColumns, readColumns, toDocumentView } from "./rows.ts";
import { type DocumentDetailView, type DocumentView, type UpdateDocumentInput } from "./schema.ts";

export { listDocuments } from "./lists.ts";

/** How long a presigned address of a document's bytes works, in seconds: all that outlives a revocation. */
const CONTENT_TTL_SECONDS = 60;

/**
 * One stored document the actor may view. Missing, unseen and in a trashed collection are one answer (`not_found`);
 * a system admin without a grant gets `forbidden` for all of them.
 */
export async function getDocument(actor: Actor, id: string): Promise<DocumentDetailView> {
  const [row] = await read<DetailRow>(actor, detail(id));
  if (!row) throw missing(actor);
  if (row.isUnopened) {
    await transaction(actor, (tx) => tx.$executeRaw`SELECT app.mark_document_opened(${id}::uuid)`);
  }
  return toDetailView(row, actor);
}

/** Renames. A stale `version` throws `conflict` with the `current` state. */
export function updateDocument(
  actor: UserActor,
  id: string,
  { version, name }: UpdateDocumentInput,
): Promise<DocumentDetailView> {
  return transaction(actor, async (tx) => {
    const before = await readDocument(tx, actor, id);
    if (!before.abilities.canEdit) throw actionForbidden("edit_documents");
    const { count } = await tx.document.updateMany({
      where: { id, version },
      data: { name, version: { increment: 1 }, updatedAt: new Date() },
    });
    const current = await readDocument(tx, actor, id);
    if (count === 0) throw new AppError("conflict", "Stale version", { reason: "stale_version", current });
    await recordAudit(tx, actor, {
      action: "document.renamed",
      resource: { type: "document", id, name },
      metadata: { previous: before.name, new: name },
    });
    return current;
  });
}

/** Moves to the trash (still counted). Repeating changes nothing. */
export const trashDocument = (actor: UserActor, id: string) => setTrashed(actor, id, true);
/** Brings a document back from the trash. */
export const restoreDocument = (actor: UserActor, id: string) => setTrashed(actor, id, false);

function setTrashed(actor: UserActor, id: string, isTrashed: boolean): Promise<DocumentView> {
  return asRefusalsOfDocuments(actor, () =>
    transaction(actor, async (tx) => {
      await demandKnown(tx, actor, id);
      const [row] = await tx.$queryRaw<
        { changed: boolean }[]
      >`SELECT app.set_document_trashed(${id}::uuid, ${isTrashed}) AS changed`;
      const [found] = await tx.$queryRaw<DocumentRow[]>(
        Prisma.sql`SELECT ${documentColumns} FROM documents d WHERE d.id = ${id}::uuid`,
      );
      const view = toDocumentView(found!, actor.id);
      if (row!.changed) {
        const action = isTrashed ? "document.trashed" : "document.restored";
        await recordAudit(tx, actor, { action, resource: { type: "document", id, name: view.name } });
      }
      return view;
    }),
  );
}

/** Deletes for good; its owner gets the quota back at once, exactly once. */
export function deleteDocument(actor: UserActor, id: string): Promise<void> {
  return asRefusalsOfDocuments(actor, () =>
    transaction(actor, async (tx) => {
      const { name } = await demandKnown(tx, actor, id);
      await tx.$executeRaw`SELECT app.purge_document(${id}::uuid)`;
      await recordAudit(tx, actor, {
        action: "document.deleted",
        resource: { type: "document", id, name },
      });
    }),
  );
}

/** Reads pages, text and thumbnail again, for people who may run operations. Repeating while it runs changes nothing. */
export function restartProcessing(actor: UserActor, id: string): Promise<DocumentDetailView> {
  return asRefusalsOfDocuments(actor, () =>
    transaction(actor, async (tx) => {
      await readDocument(tx, actor, id);
      const [row] = await tx.$queryRaw<
        { started: boolean }[]
      >`SELECT app.restart_processing(${id}::uuid) AS started`;
      const view = await readDocument(tx, actor, id);
      if (row!.started) {
        await recordAudit(tx, actor, {
          action: "document.processing_restarted",
          resource: { type: "document", id, name: view.name },
        });
      }
      return view;
    }),
  );
}

/** A presigned address of the file, for 60 seconds: to save, or (`inline`) to show in place. */
export async function getContentUrl(
  actor: Actor,
  id: string,
  disposition: "inline" | "attachment",
): Promise<{ url: string; expiresAt: string }> {
  const file = await transaction(actor, async (tx) => {
    const { name, contentType } = await readDocument(tx, actor, id);
    const key = await keyOf(tx, id, "blob");
    if (disposition === "attachment")
      await recordAudit(tx, actor, {
        action: "document.downloaded",
        resource: { type: "document", id, name },
      });
    return { key, filename: name, contentType };
  });
  return presign(file, disposition);
}

/** A presigned address of the thumbnail; `not_found` while there is none. */
export async function getThumbnailUrl(actor: Actor, id: string): Promise<{ url: string; expiresAt: string }> {
  const key = await transaction(actor, async (tx) => {
    await readDocument(tx, actor, id);
    return keyOf(tx, id, "thumbnail");
  });
  return presign({ key, filename: "thumbnail.webp", contentType: "image/webp" }, "inline");
}

async function presign(
  file: { key: string; filename: string; contentType: string },
  disposition: "inline" | "attachment",
) {
  const expiresAt = new Date(Date.now() + CONTENT_TTL_SECONDS * 1000).toISOString();
  return {
    url: await storage.presignGet({ ...file, disposition, ttlSeconds: CONTENT_TTL_SECONDS }),
    expiresAt,
  };
}

/** The stored object's key of a document that was checked before. Keys are the system's: objects belong to uploaders. */
async function keyOf(tx: Tx, id: string, what: "blob" | "thumbnail"): Promise<string> {
  const [row] = await tx.$queryRaw<
    { key: string | null }[]
  >`SELECT app.document_key(${id}::uuid, ${what}) AS key`;
  if (!row?.key) throw new AppError("not_found", `No ${what} yet`, { reason: "document" });
  return row.key;
}

interface DetailRow extends DocumentRow {
  collectionName: string | null;
  /** Shared with the actor singly, and not opened by them before. */
  isUnopened: boolean;
}

const detail = (id: string) => Prisma.sql`
  SELECT ${readColumns}, d.collection_name AS "collectionName", d.is_unopened AS "isUnopened" FROM app.read_document(${id}::uuid) d`;

const toDetailView = (row: DetailRow, actor: Actor): DocumentDetailView => ({
  ...toDocumentView(row, actor.kind === "user" ? actor.id : null),
  collection: { id: row.collectionId, name: row.collectionName ?? "" },
});

async function readDocument(tx: Tx, actor: Actor, id: string): Promise<DocumentDetailView> {
  const [row] = await tx.$queryRaw<DetailRow[]>(detail(id));
  if (!row) throw missing(actor);
  return toDetailView(row, actor);
}

/**
 * A document that is there for the actor, or in the trash and they could bring it back. Somebody's pending upload, what is
 * in a trashed collection and what others threw away are as if missing, also for the verbs that undo and delete.
 */
async function demandKnown(tx: Tx, actor: Actor, id: string): Promise<DocumentView> {
  const [row] = await tx.$queryRaw<DocumentRow[]>(Prisma.sql`
    SELECT ${documentColumns} FROM documents d
     WHERE d.id = ${id}::uuid AND d.status <> 'pending' AND app.is_collection_live(d.collection_id)`);
  const view = row && toDocumentView(row, actor.kind === "user" ? actor.id : null);
  if (!view || (view.trashedAt && !view.abilities.canDelete)) throw missing(actor);
  return view;
}

const missing = (actor: Actor) =>
  actor.kind === "user" && actor.isSystemAdmin
    ? new AppError("forbidden", "No grant on this document", { reason: "document" })
    : documentNotFound();

async function asRefusalsOfDocuments<Result>(actor: Actor, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof AppError && error.code === "not_found" ? missing(actor) : error;
  }
}

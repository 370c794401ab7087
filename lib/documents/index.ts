import { z } from "zod";
import { recordAudit } from "#lib/audit/index.ts";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, read, rows, transaction, type Tx, write } from "#lib/db/index.ts";
import { AppError, documentNotFound } from "#lib/errors/index.ts";
import { storage } from "#lib/storage/index.ts";
import { documentColumns, documentRow, readColumns, toDocumentView } from "./rows.ts";
import { type DocumentDetailView, type DocumentView, type UpdateDocumentInput } from "./schema.ts";

export { moveDocuments } from "./arranging.ts";
export { listDocuments, listRecentDocuments } from "./lists.ts";

/** How long a presigned address of a document's bytes works, in seconds: all that outlives a revocation. */
const CONTENT_TTL_SECONDS = 60;

/**
 * One stored document the actor may view. Missing, unseen and in a trashed collection are one answer (`not_found`);
 * a system admin without a grant gets `forbidden` for all of them.
 */
export async function getDocument(actor: Actor, id: string): Promise<DocumentDetailView> {
  const row = await demandDocument(actor, id);
  if (row.isUnopened)
    await write(actor, z.object({}), Prisma.sql`SELECT app.mark_document_opened(${id}::uuid)`);
  return toDetailView(row, actor);
}

/** The document as it is stored. Refuses as `getDocument` does, and does not count as opening it. */
export async function demandDocument(actor: Actor, id: string): Promise<z.output<typeof detailRow>> {
  const [row] = await read(actor, detailRow, detailOf(id));
  if (!row) throw missing(actor);
  return row;
}

/** Puts a document first among those the actor worked with last. Refuses as `getDocument` does; nobody else is told. */
export async function recordOpening(actor: UserActor, id: string): Promise<void> {
  const query = Prisma.sql`SELECT app.record_opening(${id}::uuid) AS known`;
  const { known } = only(await write(actor, z.object({ known: z.boolean() }), query));
  if (!known) throw missing(actor);
}

/**
 * Renames, moves to another collection, or both. A stale `version` throws `conflict` with the `current` state, and both go
 * into the audit log.
 */
export async function updateDocument(
  actor: UserActor,
  id: string,
  { version, name, collectionId }: UpdateDocumentInput,
): Promise<DocumentDetailView> {
  // moved first: collections are locked before documents
  const moved =
    collectionId === undefined
      ? []
      : [Prisma.sql`SELECT app.move_document(${id}::uuid, ${collectionId}::uuid, ${version}::int)`];
  const renamed =
    name === undefined
      ? []
      : [Prisma.sql`SELECT app.rename_document(${id}::uuid, ${version + moved.length}::int, ${name})`];
  try {
    return await change(actor, id, ...moved, ...renamed);
  } catch (error) {
    if (!(error instanceof AppError) || error.reason !== "stale_version") throw error;
    const current = toDetailView(await demandDocument(actor, id), actor);
    await transaction(actor, (tx) =>
      recordAudit(tx, actor, {
        action: "document.conflict",
        resource: { type: "document", id },
        metadata: {
          attempted: { version, name, collectionId },
          current: { version: current.version, name: current.name, collectionId: current.collectionId },
        },
      }),
    );
    throw new AppError("conflict", "Stale version", { reason: "stale_version", current });
  }
}

/** Moves to the trash (still counted). Repeating changes nothing. */
export const trashDocument = (actor: UserActor, id: string) => setTrashed(actor, id, true);
/** Brings a document back from the trash. */
export const restoreDocument = (actor: UserActor, id: string) => setTrashed(actor, id, false);

function setTrashed(actor: UserActor, id: string, isTrashed: boolean): Promise<DocumentView> {
  return asRefusalsOfDocuments(actor, async () => {
    const found = await write(
      actor,
      documentRow,
      Prisma.sql`SELECT app.demand_uploaded(${id}::uuid)`,
      Prisma.sql`SELECT app.set_document_trashed(${id}::uuid, ${isTrashed})`,
      Prisma.sql`SELECT ${documentColumns} FROM documents d WHERE d.id = ${id}::uuid`,
    );
    return toDocumentView(only(found), actor);
  });
}

/** Deletes for good; its owner gets the quota back at once, exactly once. */
export async function deleteDocument(actor: UserActor, id: string): Promise<void> {
  await asRefusalsOfDocuments(actor, () =>
    write(
      actor,
      z.object({}),
      Prisma.sql`SELECT app.demand_uploaded(${id}::uuid)`,
      Prisma.sql`SELECT app.purge_document(${id}::uuid)`,
    ),
  );
}

/** Reads pages, text and thumbnail again, for people who may run operations. Repeating while it runs changes nothing. */
export const restartProcessing = (actor: UserActor, id: string): Promise<DocumentDetailView> =>
  change(actor, id, Prisma.sql`SELECT app.restart_processing(${id}::uuid)`);

/** Makes an uploaded document of a pending one, as `confirmUpload` says; one that is no longer pending stays as it is. */
export const confirmDocument = (
  actor: UserActor,
  id: string,
  hasBytes: boolean,
): Promise<DocumentDetailView> =>
  change(actor, id, Prisma.sql`SELECT app.confirm_document(${id}::uuid, ${hasBytes})`);

/** One message: the changes, and what the document is then. */
function change(actor: UserActor, id: string, ...statements: Prisma.Sql[]): Promise<DocumentDetailView> {
  return asRefusalsOfDocuments(actor, async () => {
    const [row] = await write(actor, detailRow, ...statements, detailOf(id));
    if (!row) throw missing(actor);
    return toDetailView(row, actor);
  });
}

/**
 * A presigned address of the file, for 60 seconds: to save, or (`inline`) to show in place. Visitors whose link is for
 * looking alone are given no file at all (`forbidden`, `link_download`).
 */
export async function getContentUrl(
  actor: Actor,
  id: string,
  disposition: "inline" | "attachment",
): Promise<{ url: string; expiresAt: string }> {
  const file = await transaction(actor, async (tx) => {
    const { name, contentType } = await readDocument(tx, actor, id);
    await tx.$executeRaw`SELECT app.demand_download()`;
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
  const [row] = await rows(
    tx,
    z.object({ key: z.string().nullable() }),
    Prisma.sql`SELECT app.document_key(${id}::uuid, ${what}) AS key`,
  );
  if (!row?.key) throw new AppError("not_found", `No ${what} yet`, { reason: "document" });
  return row.key;
}

const detailRow = documentRow.extend({
  collectionName: z.string().nullable(),
  /** Shared with the actor singly, and not opened by them before. */
  isUnopened: z.boolean(),
});

const detailOf = (id: string) => Prisma.sql`
  SELECT ${readColumns}, d.collection_name AS "collectionName", d.is_unopened AS "isUnopened" FROM app.read_document(${id}::uuid) d`;

const toDetailView = (row: z.output<typeof detailRow>, actor: Actor): DocumentDetailView => ({
  ...toDocumentView(row, actor),
  collection: { id: row.collectionId, name: row.collectionName ?? "" },
});

async function readDocument(tx: Tx, actor: Actor, id: string): Promise<DocumentDetailView> {
  const [row] = await rows(tx, detailRow, detailOf(id));
  if (!row) throw missing(actor);
  return toDetailView(row, actor);
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

import { z } from "zod";
import { type Actor } from "#lib/authz/actor.ts";
import { allows } from "#lib/authz/permissions.ts";
import { Prisma } from "#lib/db/index.ts";
import { accessModes, documentProblems, documentStatuses, type DocumentView } from "./schema.ts";

export const documentRow = z.object({
  id: z.string(),
  collectionId: z.string(),
  name: z.string(),
  contentType: z.string(),
  sizeBytes: z.bigint(),
  status: z.enum(documentStatuses),
  problem: z.string().nullable(),
  progress: z.number(),
  pageCount: z.number().nullable(),
  hasThumbnail: z.boolean(),
  accessMode: z.enum(accessModes),
  ownerId: z.string(),
  ownerName: z.string(),
  mask: z.number(),
  version: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
  deletedAt: z.date().nullable(),
});
type DocumentRow = z.output<typeof documentRow>;

/** Of the table, under the policies. */
export const documentColumns = Prisma.sql`
  d.id, d.collection_id AS "collectionId", d.name, d.content_type AS "contentType", d.size_bytes AS "sizeBytes", d.status, d.problem,
  d.progress, d.page_count AS "pageCount", d.thumbnail_object_id IS NOT NULL AS "hasThumbnail", d.access_mode AS "accessMode",
  d.owner_id AS "ownerId", app.person_name(d.owner_id) AS "ownerName",
  app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode) AS mask, d.version, d.created_at AS "createdAt",
  d.updated_at AS "updatedAt", d.deleted_at AS "deletedAt"`;

/** Of what `app.read_document` and `app.list_documents` return. */
export const readColumns = Prisma.sql`
  d.id, d.collection_id AS "collectionId", d.name, d.content_type AS "contentType", d.size_bytes AS "sizeBytes", d.status, d.problem,
  d.progress, d.page_count AS "pageCount", d.has_thumbnail AS "hasThumbnail", d.access_mode AS "accessMode", d.owner_id AS "ownerId",
  d.owner_name AS "ownerName", d.mask, d.version, d.created_at AS "createdAt", d.updated_at AS "updatedAt", d.deleted_at AS "deletedAt"`;

/**
 * A row as the actor sees it. Who they are decides whether deleting one's own is deleting this one; people without an
 * account are not told who put what into a collection.
 */
export function toDocumentView(row: DocumentRow, actor: Actor): DocumentView {
  const { mask } = row;
  const actorId = actor.kind === "user" ? actor.id : null;
  const isOwn = row.ownerId === actorId;
  return {
    id: row.id,
    collectionId: row.collectionId,
    name: row.name,
    contentType: row.contentType,
    sizeBytes: Number(row.sizeBytes),
    status: row.status,
    problem: documentProblems.find((problem) => problem === row.problem) ?? null,
    progress: row.progress,
    pageCount: row.pageCount,
    hasThumbnail: row.hasThumbnail,
    accessMode: row.accessMode,
    owner: { id: row.ownerId, name: actor.kind === "everyone" ? "" : row.ownerName },
    abilities: {
      canEdit: allows(mask, "edit_documents"),
      canDelete: allows(mask, "delete_any_documents") || (allows(mask, "delete_own_documents") && isOwn),
      canMove:
        (allows(mask, "delete_any_documents") && allows(mask, "manage_permissions")) ||
        (allows(mask, "delete_own_documents") && isOwn),
      canShare: allows(mask, "manage_permissions"),
      canComment: allows(mask, "add_comments"),
    },
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    trashedAt: row.deletedAt?.toISOString() ?? null,
  };
}

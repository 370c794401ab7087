import { z } from "zod";
import { allows, builtInRoles, covers } from "#lib/authz/permissions.ts";
import { Prisma } from "#lib/db/index.ts";
import type { CollectionView, ListCollectionsInput } from "./schema.ts";
import { visibilities } from "./values.ts";

export const collectionRow = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  visibility: z.enum(visibilities),
  ownerId: z.string(),
  ownerName: z.string(),
  version: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
  deletedAt: z.date().nullable(),
  mask: z.number(),
  documentCount: z.number(),
  people: z.array(z.object({ id: z.string(), name: z.string() })),
  isOwnWorkspace: z.boolean(),
  isShared: z.boolean(),
});

/** Counting stops here: nobody reads a longer number on a card. */
const COUNTED_DOCUMENTS = 1000;
const SHOWN_PEOPLE = 5;

export const collectionColumns = Prisma.sql`
  c.id, c.name, c.description, c.visibility, c.owner_id AS "ownerId", c.owner_name AS "ownerName", c.version, c.created_at AS "createdAt",
  c.updated_at AS "updatedAt", c.deleted_at AS "deletedAt", c.mask, c.document_count AS "documentCount", c.people,
  c.is_own_workspace AS "isOwnWorkspace", c.is_shared AS "isShared"`;

/** The collections of these ids that the actor may see. */
export const cardsOf = (ids: string[]) =>
  Prisma.sql`app.collection_cards(${ids}::uuid[], ${COUNTED_DOCUMENTS}::int, ${SHOWN_PEOPLE}::int) c`;

/** A page of collections that the actor may see, newest first. */
export const cardsIn = (
  scope: Exclude<ListCollectionsInput["scope"], "writable">,
  before: string,
  count: number,
) =>
  Prisma.sql`app.collection_cards(app.list_collections(${scope}, ${before}::uuid, ${count}::int), ${COUNTED_DOCUMENTS}::int, ${SHOWN_PEOPLE}::int) c`;

/** The first collections by name that the actor may add documents to. */
export const writableCards = (query: string | undefined, count: number) =>
  Prisma.sql`app.collection_cards(app.writable_collections(${query ?? null}, ${count}::int), ${COUNTED_DOCUMENTS}::int, ${SHOWN_PEOPLE}::int) c`;

/** The strongest built-in role a mask holds, for a label. */
const roleOf = (mask: number) =>
  (["owner", "editor", "commenter"] as const).find((role) => covers(mask, builtInRoles[role])) ?? "viewer";

export function toCollectionView(row: z.output<typeof collectionRow>): CollectionView {
  const { mask } = row;
  const canShare = allows(mask, "manage_permissions");
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    visibility: row.visibility,
    owner: { id: row.ownerId, name: row.ownerName },
    role: roleOf(mask),
    abilities: {
      canCreateDocuments: allows(mask, "create_documents"),
      canEdit: allows(mask, "edit_documents"),
      canShare,
      canDelete: canShare && allows(mask, "delete_any_documents"),
    },
    documentCount: row.documentCount,
    people: row.people,
    isOwnWorkspace: row.isOwnWorkspace,
    isShared: row.isShared,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    trashedAt: row.deletedAt?.toISOString() ?? null,
  };
}

import { allows, builtInRoles, covers } from "#lib/authz/permissions.ts";
import { Prisma } from "#lib/db/index.ts";
import { type CollectionView, type Visibility } from "./schema.ts";

export interface CollectionRow {
  id: string;
  name: string;
  description: string;
  visibility: Visibility;
  ownerId: string;
  ownerName: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
  mask: number;
  documentCount: number;
  people: { id: string; name: string }[];
}

/** Counting stops here: nobody reads a longer number on a card. */
const COUNTED_DOCUMENTS = 1000;
const SHOWN_PEOPLE = 5;

export const collectionColumns = Prisma.sql`
  c.id, c.name, c.description, c.visibility, c.owner_id AS "ownerId", app.person_name(c.owner_id) AS "ownerName", c.version,
  c.created_at AS "createdAt", c.updated_at AS "updatedAt", c.deleted_at AS "deletedAt", app.collection_mask(c.id) AS mask,
  (SELECT count(*)::int FROM (SELECT FROM documents d
     WHERE d.collection_id = c.id AND d.deleted_at IS NULL AND d.status <> 'pending' LIMIT ${COUNTED_DOCUMENTS}) counted) AS "documentCount",
  (SELECT coalesce(json_agg(json_build_object('id', p.id, 'name', p.name)), '[]') FROM app.collection_people(c.id, ${SHOWN_PEOPLE}) p) AS people`;

/** The strongest built-in role a mask holds, for a label. */
const roleOf = (mask: number) =>
  (["owner", "editor", "commenter"] as const).find((role) => covers(mask, builtInRoles[role])) ?? "viewer";

export function toCollectionView(row: CollectionRow): CollectionView {
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
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    trashedAt: row.deletedAt?.toISOString() ?? null,
  };
}

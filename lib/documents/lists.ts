import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, transaction, type Tx } from "#lib/db/index.ts";
import { collectionForbidden } from "#lib/errors/index.ts";
import { beforeId, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { type DocumentRow, documentColumns, toDocumentView } from "./rows.ts";
import { type DocumentView, type ListDocumentsInput } from "./schema.ts";

/** Documents on the home page. */
const RECENT_DOCUMENTS = 24;

const live = Prisma.sql`d.deleted_at IS NULL AND d.status <> 'pending'`;

/**
 * Documents, newest first. Of one collection (`forbidden` when that may not be seen), of the actor's trash, the latest
 * the actor was given (`recent`, one short page), or those of other people (`shared`). Everything is filtered before
 * the page is cut.
 */
export async function listDocuments(
  actor: UserActor,
  { collectionId, scope, q, cursor }: ListDocumentsInput,
): Promise<Page<DocumentView>> {
  const matches = Prisma.sql`d.id < ${beforeId(cursor)}::uuid ${q ? Prisma.sql`AND strpos(lower(d.name), lower(${q})) > 0` : Prisma.empty}`;
  return transaction(actor, async (tx) => {
    if (collectionId) await demandCollection(tx, collectionId);
    const place = collectionId ? Prisma.sql`AND d.collection_id = ${collectionId}::uuid` : Prisma.empty;
    const size = scope === "recent" && !collectionId ? RECENT_DOCUMENTS : PAGE_SIZE;
    const which =
      scope === "trashed"
        ? Prisma.sql`${trashed(actor)} AND ${matches} ${place}`
        : collectionId
          ? Prisma.sql`${live} AND ${matches} ${place}`
          : Prisma.sql`d.id IN (${newestGiven(actor, scope === "shared", matches, size + 1)})`;
    const rows = await tx.$queryRaw<DocumentRow[]>(Prisma.sql`
      SELECT ${documentColumns} FROM documents d WHERE ${which} ORDER BY d.id DESC LIMIT ${size + 1}`);
    const page = pageFrom(rows, (row) => toDocumentView(row, actor.id), size);
    return size === RECENT_DOCUMENTS ? { ...page, nextCursor: null } : page;
  });
}

/** What the actor may bring back or delete for good. */
const trashed = (actor: UserActor) => Prisma.sql`
  d.deleted_at IS NOT NULL AND app.is_collection_live(d.collection_id)
  AND (d.owner_id = ${actor.id}::uuid OR d.collection_id IN (SELECT g.collection_id FROM app.my_collection_grants g WHERE g.mask & 16 <> 0))
  AND app.can_delete(app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode), d.owner_id)`;

/**
 * Ids of the newest documents in collections shared with the actor, or shared with them singly; what everyone may open
 * is unlisted. A page can only come from the collections whose newest documents are the newest: those are found by one
 * index probe each, so that neither few nor many collections mean a long walk.
 */
function newestGiven(actor: UserActor, isOthers: boolean, matches: Prisma.Sql, count: number): Prisma.Sql {
  const wanted = Prisma.sql`${live} AND ${matches} ${isOthers ? Prisma.sql`AND d.owner_id <> ${actor.id}::uuid` : Prisma.empty}`;
  return Prisma.sql`
    SELECT id FROM (
      (SELECT d.id FROM (
         SELECT mine.collection_id FROM
           (SELECT DISTINCT g.collection_id FROM app.my_collection_grants g WHERE g.mask & 1 <> 0 AND NOT g.is_everyone) mine
           JOIN collections c ON c.id = mine.collection_id AND c.deleted_at IS NULL,
           LATERAL (SELECT d.id FROM documents d WHERE d.collection_id = mine.collection_id AND ${wanted} ORDER BY d.id DESC LIMIT 1) newest
          ORDER BY newest.id DESC LIMIT ${count}) top,
         LATERAL (SELECT d.id FROM documents d WHERE d.collection_id = top.collection_id AND ${wanted} ORDER BY d.id DESC LIMIT ${count}) d
        ORDER BY d.id DESC LIMIT ${count})
      UNION
      (SELECT d.id FROM app.my_document_grants g JOIN documents d ON d.id = g.document_id
        WHERE g.mask & 1 <> 0 AND NOT g.is_everyone AND ${wanted} AND app.is_collection_live(d.collection_id)
        ORDER BY d.id DESC LIMIT ${count})
    ) given ORDER BY id DESC LIMIT ${count}`;
}

async function demandCollection(tx: Tx, id: string): Promise<void> {
  const found = await tx.collection.findFirst({ where: { id, deletedAt: null }, select: { id: true } });
  if (!found) throw collectionForbidden();
}

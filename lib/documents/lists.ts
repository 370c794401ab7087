import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, read } from "#lib/db/index.ts";
import { beforeId, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { type DocumentRow, readColumns, toDocumentView } from "./rows.ts";
import { type DocumentView, type ListDocumentsInput } from "./schema.ts";

/** Documents on the home page. */
const RECENT_DOCUMENTS = 24;

/**
 * Documents, newest first. Of one collection (`forbidden` when that may not be seen), of the actor's trash, the latest
 * the actor was given (`recent`, one short page), or those of other people (`shared`); what everyone may open is unlisted.
 * Everything is filtered before the page is cut. One message, whose time hardly grows with what there is to see.
 */
export async function listDocuments(
  actor: UserActor,
  { collectionId, scope, q, cursor }: ListDocumentsInput,
): Promise<Page<DocumentView>> {
  const isShort = scope === "recent" && !collectionId;
  const size = isShort ? RECENT_DOCUMENTS : PAGE_SIZE;
  const rows = await read<DocumentRow>(
    actor,
    Prisma.sql`
      SELECT ${readColumns}
        FROM app.list_documents(${collectionId ?? null}::uuid, ${scope}, ${q ?? null}, ${beforeId(cursor)}::uuid, ${size + 1}::int) d`,
  );
  const page = pageFrom(rows, (row) => toDocumentView(row, actor.id), size);
  return isShort ? { ...page, nextCursor: null } : page;
}

import { z } from "zod";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { Prisma, read } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { beforeId, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { documentRow, readColumns, toDocumentView } from "./rows.ts";
import { type DocumentView, type ListDocumentsInput, type RecentDocumentView } from "./schema.ts";

/** Documents on the home page; half of what `app.kept_recent` keeps for each person. */
const RECENT_DOCUMENTS = 24;

/**
 * Documents, newest first. Of one collection (`forbidden` when that may not be seen), of the actor's trash, all the actor
 * was given, or those of other people (`shared`); what everyone may open is unlisted.
 * People without an account have no lists of their own: they read what lies in one public collection, and nothing else.
 * Everything is filtered before the page is cut. One message, whose time hardly grows with what there is to see.
 */
export async function listDocuments(
  actor: Actor,
  { collectionId, scope, q, cursor }: ListDocumentsInput,
): Promise<Page<DocumentView>> {
  if (actor.kind === "everyone" && (!collectionId || scope !== "live"))
    throw new AppError("unauthenticated", "Lists are people's own");
  const rows = await read(
    actor,
    documentRow,
    Prisma.sql`
      SELECT ${readColumns}
        FROM app.list_documents(${collectionId ?? null}::uuid, ${scope}, ${q ?? null}, ${beforeId(cursor)}::uuid, ${PAGE_SIZE + 1}::int) d`,
  );
  return pageFrom(rows, (row) => toDocumentView(row, actor), PAGE_SIZE);
}

/**
 * What the actor opened, uploaded or changed last, newest first, one short page: of that only what they may see now. A
 * person's list is theirs alone and keeps few documents, so its time does not grow with what there is.
 */
export async function listRecentDocuments(actor: UserActor): Promise<Page<RecentDocumentView>> {
  const rows = await read(
    actor,
    documentRow.extend({ usedAt: z.date() }),
    Prisma.sql`SELECT ${readColumns}, d.used_at AS "usedAt" FROM app.list_recent_documents(${RECENT_DOCUMENTS}::int) d`,
  );
  const items = rows.map((row) => ({
    ...toDocumentView(row, actor),
    usedAt: row.usedAt.toISOString(),
  }));
  return { items, nextCursor: null };
}

import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, rows, transaction } from "#lib/db/index.ts";
import { cursorId, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { readGroup } from "./rows.ts";
import { type ReachView } from "./schema.ts";

const reachRow = z.object({
  id: z.string(),
  collection_id: z.string(),
  collection_name: z.string(),
  document_id: z.string().nullable(),
  document_name: z.string().nullable(),
  role: z.string(),
  expires_at: z.date().nullable(),
  via_id: z.string(),
  via_name: z.string(),
});

/**
 * What people reach through a group: one item per live grant to it or to a group that contains it, by collection.
 * Workspace admins see all, other members what they may open themselves. Without private documents and the trash.
 */
export function listReach(
  actor: UserActor,
  groupId: string,
  { cursor }: { cursor?: string },
): Promise<Page<ReachView>> {
  const after = cursorId(cursor);
  return transaction(actor, async (tx) => {
    await readGroup(tx, groupId);
    const found = await rows(
      tx,
      reachRow,
      Prisma.sql`SELECT * FROM app.group_reach(${groupId}::uuid, ${after}::uuid, ${PAGE_SIZE + 1}::int)`,
    );
    return pageFrom(found, (row) => ({
      id: row.id,
      collection: { id: row.collection_id, name: row.collection_name },
      document: row.document_id ? { id: row.document_id, name: row.document_name } : null,
      role: row.role,
      expiresAt: row.expires_at?.toISOString() ?? null,
      via: row.via_id === groupId ? null : { id: row.via_id, name: row.via_name },
    }));
  });
}

import { type UserActor } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { cursorId, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { readGroup } from "./rows.ts";
import { type ReachView } from "./schema.ts";

interface ReachRow {
  id: string;
  collection_id: string;
  collection_name: string;
  document_id: string | null;
  document_name: string | null;
  role: string;
  expires_at: Date | null;
  via_id: string;
  via_name: string;
}

/**
 * What people can reach through a group: one item per live grant to it or to a group around it, by collection. Workspace
 * admins see all, other members what they may open themselves; trashed things and private documents are left out.
 */
export function listReach(
  actor: UserActor,
  groupId: string,
  { cursor }: { cursor?: string },
): Promise<Page<ReachView>> {
  const after = cursorId(cursor);
  return transaction(actor, async (tx) => {
    await readGroup(tx, groupId);
    const rows = await tx.$queryRaw<ReachRow[]>`
      SELECT * FROM app.group_reach(${groupId}::uuid, ${after}::uuid, ${PAGE_SIZE + 1}::int)`;
    return pageFrom(rows, (row) => ({
      id: row.id,
      collection: { id: row.collection_id, name: row.collection_name },
      document: row.document_id ? { id: row.document_id, name: row.document_name } : null,
      role: row.role,
      expiresAt: row.expires_at?.toISOString() ?? null,
      via: row.via_id === groupId ? null : { id: row.via_id, name: row.via_name },
    }));
  });
}

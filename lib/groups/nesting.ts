import { z } from "zod";
import { type AuditAction, recordAudit } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, rows, transaction, type Tx } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { getGroup } from "./groups.ts";
import { pathUp } from "./path.ts";
import { demandGroup } from "./rows.ts";
import { type GroupView } from "./schema.ts";

/** The groups nested in a group, by name. */
export async function listNested(actor: UserActor, id: string): Promise<Page<GroupView>> {
  return { items: (await getGroup(actor, id)).nested, nextCursor: null };
}

/**
 * Nests one group in another: its people, and those of the groups in it, also act as the other. For workspace admins.
 * A group that would contain itself throws `conflict` (group_cycle) with `path`: from the group to be nested down to the
 * one that it already contains. Admins who nest a group they are in must not gain rights: `forbidden` (group_beyond_own).
 * Repeating changes nothing.
 */
export function nestGroup(actor: UserActor, parentId: string, childId: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const parent = await demandGroup(tx, parentId, { alone: true });
    const child = parentId === childId ? parent : await demandGroup(tx, childId, { alone: true });
    const path = await findPathUp(tx, { id: parentId, name: parent.name }, childId);
    if (path)
      throw new AppError("conflict", "A group cannot contain itself", { reason: "group_cycle", path });
    const added = await tx.$executeRaw`
      INSERT INTO group_nestings (parent_id, child_id) VALUES (${parentId}::uuid, ${childId}::uuid) ON CONFLICT DO NOTHING`;
    if (added > 0) await audit(tx, actor, "group.nested", { parentId, parent, childId, child });
  });
}

/** Removes one group from another. For workspace admins. Repeating changes nothing. */
export function unnestGroup(actor: UserActor, parentId: string, childId: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const parent = await demandGroup(tx, parentId, { alone: true });
    const child = await tx.group.findUnique({ where: { id: childId }, select: { name: true } });
    const { count } = await tx.groupNesting.deleteMany({ where: { parentId, childId } });
    if (count > 0 && child) await audit(tx, actor, "group.unnested", { parentId, parent, childId, child });
  });
}

const edgeRow = z.object({ childId: z.string(), parentId: z.string(), parentName: z.string() });

async function findPathUp(tx: Tx, from: { id: string; name: string }, to: string) {
  const above = await rows(
    tx,
    edgeRow,
    Prisma.sql`
    WITH RECURSIVE up (child_id, parent_id) AS (
      SELECT n.child_id, n.parent_id FROM group_nestings n WHERE n.child_id = ${from.id}::uuid
      UNION SELECT n.child_id, n.parent_id FROM up JOIN group_nestings n ON n.child_id = up.parent_id
    ) SELECT up.child_id AS "childId", up.parent_id AS "parentId", g.name AS "parentName" FROM up JOIN groups g ON g.id = up.parent_id`,
  );
  return pathUp(above, from, to);
}

interface Nesting {
  parentId: string;
  parent: { name: string };
  childId: string;
  child: { name: string };
}

const audit = (
  tx: Tx,
  actor: UserActor,
  action: AuditAction,
  { parentId, parent, childId, child }: Nesting,
) =>
  recordAudit(tx, actor, {
    action,
    resource: { type: "group", id: parentId, name: parent.name },
    subject: { type: "group", id: childId },
    metadata: { nested: child.name },
  });

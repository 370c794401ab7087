import { Prisma, type Tx } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type GroupView } from "./schema.ts";

export interface GroupRow {
  id: string;
  name: string;
  description: string;
  memberCount: number;
  effectiveCount: number;
  createdAt: Date;
  updatedAt: Date;
}

/** Of `groups g` with `groupCounts`. */
export const groupColumns = Prisma.sql`g.id, g.name, g.description, g.created_at AS "createdAt", g.updated_at AS "updatedAt",
  counted.direct AS "memberCount", counted.effective AS "effectiveCount"`;
export const groupCounts = Prisma.sql`LATERAL app.group_counts(g.id) counted`;

export const toGroupView = ({ createdAt, updatedAt, ...row }: GroupRow): GroupView => ({
  ...row,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

/** Worded alike for what is missing, deleted, in another workspace, or asked for by a guest. */
const groupForbidden = () => new AppError("forbidden", "No such group for this actor", { reason: "group" });

/** A live group that the actor may see. */
export async function readGroup(tx: Tx, id: string): Promise<GroupView> {
  const [row] = await tx.$queryRaw<GroupRow[]>`
    SELECT ${groupColumns} FROM groups g, ${groupCounts} WHERE g.id = ${id}::uuid AND g.deleted_at IS NULL`;
  if (!row) throw groupForbidden();
  return toGroupView(row);
}

/**
 * Locks a live group for a change by a workspace admin; `alone` for changes of the nesting, which all others wait for.
 * Throws `forbidden` as `readGroup` does, and to members who are no admins.
 */
export async function demandGroup(
  tx: Tx,
  id: string,
  { alone = false } = {},
): Promise<{ name: string; description: string }> {
  const [row] = await tx.$queryRaw<{ name: string; description: string }[]>`
    SELECT name, description FROM app.demand_group(${id}::uuid, ${alone})`;
  return row!;
}

/** Whether the actor may change groups. Throws `forbidden` to guests, who see no groups at all. */
export async function readAbilities(tx: Tx): Promise<{ canEdit: boolean }> {
  const [row] = await tx.$queryRaw<{ isMember: boolean; canEdit: boolean }[]>`
    SELECT app.actor_workspace() IS NOT NULL AS "isMember", app.is_workspace_admin() AS "canEdit"`;
  if (!row?.isMember) throw new AppError("forbidden", "Guests see no groups", { reason: "guest_action" });
  return { canEdit: row.canEdit };
}

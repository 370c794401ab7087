import { z } from "zod";
import { only, Prisma, rows, type Tx } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type GroupView } from "./schema.ts";

export const groupRow = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  memberCount: z.number(),
  effectiveCount: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
});

/** Columns of `groups g` joined with `groupCounts`. */
export const groupColumns = Prisma.sql`g.id, g.name, g.description, g.created_at AS "createdAt", g.updated_at AS "updatedAt",
  counted.direct AS "memberCount", counted.effective AS "effectiveCount"`;
export const groupCounts = Prisma.sql`LATERAL app.group_counts(g.id) counted`;

export const toGroupView = ({ createdAt, updatedAt, ...row }: z.output<typeof groupRow>): GroupView => ({
  ...row,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

/** The same refusal for a missing group, a deleted one, one of another workspace, and for guests. */
const groupForbidden = () => new AppError("forbidden", "No such group for this actor", { reason: "group" });

/** A live group that the actor may see. */
export async function readGroup(tx: Tx, id: string): Promise<GroupView> {
  const [row] = await rows(
    tx,
    groupRow,
    Prisma.sql`SELECT ${groupColumns} FROM groups g, ${groupCounts} WHERE g.id = ${id}::uuid AND g.deleted_at IS NULL`,
  );
  if (!row) throw groupForbidden();
  return toGroupView(row);
}

/**
 * Locks a live group for a change by a workspace admin. `alone` is for changes of the nesting: all other changes wait
 * for them. Throws `forbidden` like `readGroup`, and to members who are no admins.
 */
export async function demandGroup(
  tx: Tx,
  id: string,
  { alone = false } = {},
): Promise<{ name: string; description: string }> {
  const query = Prisma.sql`SELECT name, description FROM app.demand_group(${id}::uuid, ${alone})`;
  return only(await rows(tx, z.object({ name: z.string(), description: z.string() }), query));
}

/** Whether the actor may change groups. Throws `forbidden` to guests, who see no groups at all. */
export async function readAbilities(tx: Tx): Promise<{ canEdit: boolean }> {
  const [row] = await rows(
    tx,
    z.object({ isMember: z.boolean(), canEdit: z.boolean() }),
    Prisma.sql`SELECT app.actor_workspace() IS NOT NULL AS "isMember", app.is_workspace_admin() AS "canEdit"`,
  );
  if (!row?.isMember) throw new AppError("forbidden", "Guests see no groups", { reason: "guest_action" });
  return { canEdit: row.canEdit };
}

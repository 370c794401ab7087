import { z } from "zod";
import { recordAudit } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { builtInRoleNames, maskOf, type Permission, permissionsIn } from "#lib/authz/permissions.ts";
import { only, Prisma, rows, transaction, type Tx } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { type CreateRoleInput, MAX_CUSTOM_ROLES, type RoleView, type UpdateRoleInput } from "./schema.ts";

/** Every role includes view_documents: nobody can act on a document that they do not see. */
const maskOfRole = (permissions: Permission[]): number => maskOf(["view_documents", ...permissions]);

/**
 * Refuses names that only look like a built-in role, with full-width or invisible characters. The database compares case
 * and spaces alone and would accept them, and people would take them for the built-in role.
 */
function demandOwnName(name: string): void {
  const looks = name
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .toUpperCase()
    .toLowerCase();
  if (builtInRoleNames.some((builtIn) => builtIn === looks))
    throw new AppError("conflict", "Looks like a built-in role", { reason: "role_name" });
}

const roleRow = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  mask: z.number(),
  isBuiltIn: z.boolean(),
  useCount: z.number().nullable(),
});
type RoleRow = z.output<typeof roleRow>;

/** The roles of the actor's workspace: built-in ones from most to least permissions, then custom ones by name. */
export function listRoles(actor: UserActor): Promise<Page<RoleView>> {
  return transaction(actor, async (tx) => ({
    items: (await readRoles(tx, Prisma.empty)).map(toView),
    nextCursor: null,
  }));
}

/**
 * Makes a custom role. For workspace admins. Throws `quota_exceeded` beyond ten in a workspace, parallel calls included,
 * and `conflict` when a built-in or custom role has the name; names are compared folded.
 */
export function createRole(
  actor: UserActor,
  { name, description, permissions }: CreateRoleInput,
): Promise<RoleView> {
  return transaction(actor, async (tx) => {
    const made = await rows(
      tx,
      z.object({ id: z.string() }),
      Prisma.sql`SELECT app.create_role(${name}, ${description}, ${maskOfRole(permissions)}::int, ${MAX_CUSTOM_ROLES}::int) AS id`,
    );
    demandOwnName(name);
    const role = await readRole(tx, only(made).id);
    await recordAudit(tx, actor, {
      action: "role.created",
      resource: { type: "role", id: role.id, name },
      metadata: { new: { name, description, permissions: role.permissions } },
    });
    return role;
  });
}

/**
 * Changes name, description or permissions. Permissions hold for all its grants from the next statement on. Throws
 * `forbidden` (role_beyond_own, with the number of resources as `places`) where the role is in use and the actor could
 * not give the added permissions.
 */
export function updateRole(
  actor: UserActor,
  id: string,
  { name, description, permissions }: UpdateRoleInput,
): Promise<RoleView> {
  return transaction(actor, async (tx) => {
    const mask = permissions ? maskOfRole(permissions) : null;
    const changed = await rows(
      tx,
      z.object({ previous_name: z.string(), previous_description: z.string(), previous_mask: z.number() }),
      Prisma.sql`SELECT * FROM app.change_role(${id}::uuid, ${name ?? null}, ${description ?? null}, ${mask}::int)`,
    );
    const before = only(changed);
    if (name !== undefined) demandOwnName(name);
    const role = await readRole(tx, id);
    await recordAudit(tx, actor, {
      action: "role.changed",
      resource: { type: "role", id, name: role.name },
      metadata: {
        previous: {
          name: before.previous_name,
          description: before.previous_description,
          permissions: permissionsIn(before.previous_mask),
        },
        new: { name: role.name, description: role.description, permissions: role.permissions },
      },
    });
    return role;
  });
}

/**
 * Deletes a custom role and moves its grants and invitations to another role. Throws `conflict` (role_in_use) when it is
 * in use and no other role is given, and `forbidden` (role_move_beyond_own) when the other role gives more than the actor
 * could. Returns how many were moved.
 */
export function deleteRole(
  actor: UserActor,
  id: string,
  moveTo: string | undefined,
): Promise<{ moved: number }> {
  return transaction(actor, async (tx) => {
    const done = await rows(
      tx,
      z.object({ name: z.string(), moved: z.number(), target: z.string().nullable() }),
      Prisma.sql`SELECT * FROM app.delete_role(${id}::uuid, ${moveTo ?? null}::uuid)`,
    );
    const { name, moved, target } = only(done);
    await recordAudit(tx, actor, {
      action: "role.deleted",
      resource: { type: "role", id, name },
      metadata: { moved, ...(target && { movedTo: { id: moveTo, name: target } }) },
    });
    return { moved };
  });
}

const readRoles = (tx: Tx, where: Prisma.Sql): Promise<RoleRow[]> =>
  rows(
    tx,
    roleRow,
    Prisma.sql`
    SELECT r.id, r.name, r.description, r.mask, r.workspace_id IS NULL AS "isBuiltIn", app.role_use_count(r.id) AS "useCount"
      FROM roles r WHERE r.deleted_at IS NULL ${where}
     ORDER BY r.workspace_id IS NOT NULL, CASE WHEN r.workspace_id IS NULL THEN -r.mask END, lower(r.name), r.id`,
  );

async function readRole(tx: Tx, id: string): Promise<RoleView> {
  const [row] = await readRoles(tx, Prisma.sql`AND r.id = ${id}::uuid`);
  if (!row) throw new AppError("not_found", "No such role", { reason: "role" });
  return toView(row);
}

const toView = ({ mask, ...role }: RoleRow): RoleView => ({ ...role, permissions: permissionsIn(mask) });

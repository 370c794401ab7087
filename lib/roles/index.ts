import { recordAudit } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { builtInRoleNames, maskOf, type Permission, permissionsIn } from "#lib/authz/permissions.ts";
import { Prisma, transaction, type Tx } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { type CreateRoleInput, MAX_CUSTOM_ROLES, type RoleView, type UpdateRoleInput } from "./schema.ts";

/** Whoever may do anything with a document sees it: every role can view, whether that was picked or not. */
const maskOfRole = (permissions: Permission[]): number => maskOf(["view_documents", ...permissions]);

/**
 * The database tells names apart by their letters, without case. What only looks like a built-in role (full-width letters,
 * letters between which something unseen stands) would pass there, and must not stand for it in a list of people.
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

interface RoleRow {
  id: string;
  name: string;
  description: string;
  mask: number;
  isBuiltIn: boolean;
  useCount: number | null;
}

/** The roles that can be given in the actor's workspace: built-in ones from most to least, then its own by name. */
export function listRoles(actor: UserActor): Promise<Page<RoleView>> {
  return transaction(actor, async (tx) => ({
    items: (await readRoles(tx, Prisma.empty)).map(toView),
    nextCursor: null,
  }));
}

/**
 * Makes a custom role, for workspace admins (`forbidden` otherwise). `quota_exceeded` beyond ten in a workspace,
 * however parallel; `conflict` when the name is taken, by a built-in role or without regard to case.
 */
export function createRole(
  actor: UserActor,
  { name, description, permissions }: CreateRoleInput,
): Promise<RoleView> {
  return transaction(actor, async (tx) => {
    const [made] = await tx.$queryRaw<
      { id: string }[]
    >`SELECT app.create_role(${name}, ${description}, ${maskOfRole(permissions)}::int, ${MAX_CUSTOM_ROLES}::int) AS id`;
    demandOwnName(name);
    const role = await readRole(tx, made!.id);
    await recordAudit(tx, actor, {
      action: "role.created",
      resource: { type: "role", id: role.id, name },
      metadata: { new: { name, description, permissions: role.permissions } },
    });
    return role;
  });
}

/** Renames, describes or picks other permissions, which hold for all its grants from the next statement on. */
export function updateRole(
  actor: UserActor,
  id: string,
  { name, description, permissions }: UpdateRoleInput,
): Promise<RoleView> {
  return transaction(actor, async (tx) => {
    const mask = permissions ? maskOfRole(permissions) : null;
    const [before] = await tx.$queryRaw<
      { previous_name: string; previous_description: string; previous_mask: number }[]
    >`SELECT * FROM app.change_role(${id}::uuid, ${name ?? null}, ${description ?? null}, ${mask}::int)`;
    if (name !== undefined) demandOwnName(name);
    const role = await readRole(tx, id);
    await recordAudit(tx, actor, {
      action: "role.changed",
      resource: { type: "role", id, name: role.name },
      metadata: {
        previous: {
          name: before!.previous_name,
          description: before!.previous_description,
          permissions: permissionsIn(before!.previous_mask),
        },
        new: { name: role.name, description: role.description, permissions: role.permissions },
      },
    });
    return role;
  });
}

/**
 * Deletes a custom role. Its grants and invitations move to another role; one that is in use is not deleted without
 * (`conflict`, role_in_use). Returns how many were moved.
 */
export function deleteRole(
  actor: UserActor,
  id: string,
  moveTo: string | undefined,
): Promise<{ moved: number }> {
  return transaction(actor, async (tx) => {
    const [done] = await tx.$queryRaw<
      { name: string; moved: number; target: string | null }[]
    >`SELECT * FROM app.delete_role(${id}::uuid, ${moveTo ?? null}::uuid)`;
    const { name, moved, target } = done!;
    await recordAudit(tx, actor, {
      action: "role.deleted",
      resource: { type: "role", id, name },
      metadata: { moved, ...(target && { movedTo: { id: moveTo, name: target } }) },
    });
    return { moved };
  });
}

const readRoles = (tx: Tx, where: Prisma.Sql): Promise<RoleRow[]> =>
  tx.$queryRaw<RoleRow[]>(Prisma.sql`
    SELECT r.id, r.name, r.description, r.mask, r.workspace_id IS NULL AS "isBuiltIn", app.role_use_count(r.id) AS "useCount"
      FROM roles r WHERE r.deleted_at IS NULL ${where}
     ORDER BY r.workspace_id IS NOT NULL, CASE WHEN r.workspace_id IS NULL THEN -r.mask END, lower(r.name), r.id`);

async function readRole(tx: Tx, id: string): Promise<RoleView> {
  const [row] = await readRoles(tx, Prisma.sql`AND r.id = ${id}::uuid`);
  if (!row) throw new AppError("not_found", "No such role", { reason: "role" });
  return toView(row);
}

const toView = ({ mask, ...role }: RoleRow): RoleView => ({ ...role, permissions: permissionsIn(mask) });

import { type AuditEntry, recordAudit } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { allows, permissionsIn } from "#lib/authz/permissions.ts";
import { Prisma, transaction, type Tx } from "#lib/db/index.ts";
import { actionForbidden, AppError } from "#lib/errors/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { type ResourceRef, sqlRef, unseen, worded } from "./resource.ts";
import { type AddedGrantView, type ChangeGrantInput, type GrantInput, type GrantView } from "./schema.ts";

interface GrantRow {
  id: string;
  subject: "user" | "group";
  email: string | null;
  name: string | null;
  user_id: string | null;
  group_id: string | null;
  member_count: number | null;
  role_id: string;
  role: string;
  mask: number;
  is_pending: boolean;
  is_owner: boolean;
  granter_id: string | null;
  granter_name: string | null;
  granted_at: Date;
  expires_at: Date | null;
}

/** What a change of a grant found and left, as the database's functions tell it. */
interface GrantChange {
  id: string;
  user_id: string | null;
  group_id: string | null;
  address: string | null;
  is_new: boolean;
  previous_role: string | null;
  previous_expires_at: Date | null;
  role_id: string;
  role_name: string | null;
  mask: number;
  expires_at: Date | null;
}

/**
 * The grants and invitations of a resource itself, its owner's first, for people who may edit or share it. One page:
 * at most as many as collaborators are allowed. People whose account the reader must not know of, and addresses
 * without one, look alike.
 */
export function listGrants(actor: UserActor, resource: ResourceRef): Promise<Page<GrantView>> {
  return transaction(actor, async (tx) => {
    const [seen] = await tx.$queryRaw<{ mask: number; isTrashed: boolean }[]>(
      Prisma.sql`SELECT rights AS mask, is_trashed AS "isTrashed" FROM app.access_place(${sqlRef(resource)})`,
    );
    if (!seen || seen.isTrashed) throw unseen(actor, resource);
    if (!allows(seen.mask, "edit_documents") && !allows(seen.mask, "manage_permissions"))
      throw actionForbidden("manage_permissions");
    const rows = await tx.$queryRaw<GrantRow[]>(
      Prisma.sql`SELECT * FROM app.list_grants(${sqlRef(resource)})`,
    );
    const external = await externalAmong(tx, resource, rows);
    return { items: rows.map((row) => toView(row, actor, external)), nextCursor: null };
  });
}

/**
 * Gives an address or a group of the resource's workspace a role. The answer is alike whether or not the address has an
 * account; without one it waits as an invitation until the address proves itself. Giving again changes role and end.
 * `forbidden` above the actor's own rights (before and after), `quota_exceeded` over the owner's limit of collaborators.
 */
export async function grant(
  actor: UserActor,
  resource: ResourceRef,
  input: GrantInput,
): Promise<AddedGrantView> {
  const endsAt = expiry(input.expiresAt);
  const { email = null, groupId = null, notify = true } = input;
  return worded(actor, resource, () =>
    transaction(actor, async (tx) => {
      const roleId = await roleIdOf(tx, input);
      const [done] = await tx.$queryRaw<GrantChange[]>(
        Prisma.sql`SELECT * FROM app.grant_access(${sqlRef(resource)}, ${email}, ${groupId}::uuid, ${roleId}::uuid, ${endsAt}::timestamptz)`,
      );
      await audit(tx, actor, resource, done!.is_new ? "permission.granted" : "permission.changed", done!);
      if (done!.is_new && email !== null && notify) {
        await tx.$executeRaw`INSERT INTO outbox (name, data) VALUES ('collaborator/added', jsonb_build_object('collaboratorId', ${done!.id}::uuid))`;
      }
      return {
        id: done!.id,
        email,
        groupId,
        role: done!.role_name!,
        roleId: done!.role_id,
        expiresAt: endsAt?.toISOString() ?? null,
      };
    }),
  );
}

/** Changes role or end of a grant or invitation, within the actor's own rights. The collection's owner keeps full access. */
export async function changeGrant(
  actor: UserActor,
  resource: ResourceRef,
  grantId: string,
  input: ChangeGrantInput,
): Promise<GrantView> {
  const endsAt = expiry(input.expiresAt);
  return worded(actor, resource, () =>
    transaction(actor, async (tx) => {
      const roleId = input.role || input.roleId ? await roleIdOf(tx, input) : null;
      // read first: whoever lowers their own way in may not see the list any more
      const before = await findRow(tx, resource, grantId);
      const [done] = await tx.$queryRaw<GrantChange[]>(
        Prisma.sql`SELECT * FROM app.change_access(${sqlRef(resource)}, ${grantId}::uuid, ${roleId}::uuid, ${input.expiresAt === undefined}, ${endsAt}::timestamptz)`,
      );
      await audit(tx, actor, resource, "permission.changed", done!);
      // rights that came between the look and the change show it now
      const row = before ?? (await findRow(tx, resource, grantId));
      if (!row) throw new AppError("conflict", "Rights changed meanwhile");
      const { role_id, role_name, mask, expires_at } = done!;
      const external = await externalAmong(tx, resource, [row]);
      return toView({ ...row, role: role_name!, role_id, mask, expires_at }, actor, external);
    }),
  );
}

/** Ends a grant or invitation, for every statement that follows. Anybody may end their own; others within their rights. */
export function revoke(actor: UserActor, resource: ResourceRef, grantId: string): Promise<void> {
  return worded(actor, resource, () =>
    transaction(actor, async (tx) => {
      const [done] = await tx.$queryRaw<GrantChange[]>(
        Prisma.sql`SELECT * FROM app.revoke_access(${sqlRef(resource)}, ${grantId}::uuid)`,
      );
      await audit(tx, actor, resource, "permission.revoked", done!);
    }),
  );
}

/**
 * Which of these known people are not of the resource's workspace. Told to people of that workspace alone: others do not
 * see who is in it.
 */
async function externalAmong(tx: Tx, resource: ResourceRef, rows: GrantRow[]): Promise<Set<string>> {
  const known = rows.flatMap(({ user_id }) => user_id ?? []);
  const external = await tx.$queryRaw<{ id: string }[]>(Prisma.sql`
    SELECT k.id FROM app.access_place(${sqlRef(resource)}) place, unnest(${known}::uuid[]) k (id)
     WHERE place.workspace_id = app.actor_workspace()
       AND NOT EXISTS (SELECT FROM users u WHERE u.id = k.id AND u.workspace_id = place.workspace_id AND NOT u.is_external)`);
  return new Set(external.map(({ id }) => id));
}

async function findRow(tx: Tx, resource: ResourceRef, id: string): Promise<GrantRow | undefined> {
  const [row] = await tx.$queryRaw<GrantRow[]>(
    Prisma.sql`SELECT * FROM app.list_grants(${sqlRef(resource)}) WHERE id = ${id}::uuid`,
  );
  return row;
}

function audit(tx: Tx, actor: UserActor, resource: ResourceRef, action: string, done: GrantChange) {
  const subject: AuditEntry["subject"] = done.group_id
    ? { type: "group", id: done.group_id }
    : {
        type: done.user_id ? "user" : "address",
        id: done.user_id ?? undefined,
        email: done.address ?? undefined,
      };
  const previous = done.previous_role && { role: done.previous_role, expiresAt: done.previous_expires_at };
  const now = done.role_name && { role: done.role_name, expiresAt: done.expires_at };
  return recordAudit(tx, actor, {
    action,
    resource,
    subject,
    metadata: { grantId: done.id, ...(previous && { previous }), ...(now && { new: now }) },
  });
}

/** The id of a built-in role by its name, or the custom one that was named by id. */
async function roleIdOf(tx: Tx, { role, roleId }: { role?: string; roleId?: string }): Promise<string> {
  if (roleId) return roleId;
  const found = await tx.role.findFirst({ where: { name: role, workspaceId: null }, select: { id: true } });
  if (!found) throw new AppError("not_found", "No such role", { reason: "role" });
  return found.id;
}

function expiry(expiresAt: string | null | undefined): Date | null {
  if (!expiresAt) return null;
  const date = new Date(expiresAt);
  if (date.getTime() <= Date.now())
    throw new AppError("invalid_input", "Ends in the past", {
      errors: [{ path: "expiresAt", message: "past" }],
    });
  return date;
}

function toView(row: GrantRow, actor: UserActor, external: ReadonlySet<string>): GrantView {
  return {
    id: row.id,
    subjectType: row.subject,
    email: row.email,
    name: row.name,
    userId: row.user_id,
    group: row.group_id
      ? { id: row.group_id, name: row.name ?? "", memberCount: row.member_count ?? 0 }
      : null,
    role: row.role,
    roleId: row.role_id,
    permissions: permissionsIn(row.mask),
    isPending: row.is_pending,
    isOwner: row.is_owner,
    isYou: row.user_id === actor.id,
    isExternal: row.user_id !== null && external.has(row.user_id),
    grantedBy: row.granter_id ? { id: row.granter_id, name: row.granter_name ?? "" } : null,
    grantedAt: row.granted_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
  };
}

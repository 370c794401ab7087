import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { allows, permissionsIn } from "#lib/authz/permissions.ts";
import { only, Prisma, refuseAction, rows, transaction, write } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { type ResourceRef, sqlRef, unseen, explainRefusals } from "./resource.ts";
import { type AddedGrantView, type ChangeGrantInput, type GrantInput, type GrantView } from "./schema.ts";

const grantRow = z.object({
  id: z.string(),
  subject: z.enum(["user", "group"]),
  email: z.string().nullable(),
  name: z.string().nullable(),
  user_id: z.string().nullable(),
  group_id: z.string().nullable(),
  member_count: z.number().nullable(),
  role_id: z.string(),
  role: z.string(),
  mask: z.number(),
  is_pending: z.boolean(),
  is_owner: z.boolean(),
  granter_id: z.string().nullable(),
  granter_name: z.string().nullable(),
  granted_at: z.date(),
  expires_at: z.date().nullable(),
  is_external: z.boolean(),
  letter_at: z.date().nullable(),
  message: z.string().nullable(),
});

/** The id of the role that was chosen: by id, or a built-in one by its name. Null where none was. */
export const roleIdOf = ({ role, roleId }: { role?: string | undefined; roleId?: string | undefined }) =>
  role === undefined
    ? Prisma.sql`${roleId ?? null}::uuid`
    : Prisma.sql`(SELECT r.id FROM roles r WHERE r.workspace_id IS NULL AND r.name = ${role})`;

/**
 * The grants and invitations of a resource itself, its owner's first, for people who may edit or share it. One page:
 * at most as many as collaborators are allowed. People whose account the reader must not know of, and addresses
 * without one, look alike.
 */
export function listGrants(actor: UserActor, resource: ResourceRef): Promise<Page<GrantView>> {
  return transaction(actor, async (tx) => {
    const [seen] = await rows(
      tx,
      z.object({ mask: z.number(), is_trashed: z.boolean() }),
      Prisma.sql`SELECT rights AS mask, is_trashed FROM app.find_resource(${sqlRef(resource)})`,
    );
    if (!seen || seen.is_trashed) throw unseen(actor, resource);
    if (!allows(seen.mask, "edit_documents") && !allows(seen.mask, "manage_permissions"))
      return refuseAction(tx, resource, "manage_permissions");
    const found = await rows(tx, grantRow, Prisma.sql`SELECT * FROM app.list_grants(${sqlRef(resource)})`);
    return { items: found.map((row) => toView(row, actor)), nextCursor: null };
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
  const { email = null, groupId = null, notify = true, message = null } = input;
  const done = await explainRefusals(actor, resource, () =>
    write(
      actor,
      z.object({ id: z.string(), role_id: z.string(), role_name: z.string() }),
      Prisma.sql`SELECT * FROM app.grant_access(${sqlRef(resource)}, ${email}, ${groupId}::uuid, ${roleIdOf(input)}, ${endsAt}::timestamptz, ${notify}, ${message})`,
    ),
  );
  const { id, role_id, role_name } = only(done);
  return { id, email, groupId, role: role_name, roleId: role_id, expiresAt: endsAt?.toISOString() ?? null };
}

/** Changes role or end of a grant or invitation, within the actor's own rights. The collection's owner keeps full access. */
export async function changeGrant(
  actor: UserActor,
  resource: ResourceRef,
  grantId: string,
  input: ChangeGrantInput,
): Promise<GrantView> {
  const endsAt = expiry(input.expiresAt);
  const done = await explainRefusals(actor, resource, () =>
    write(
      actor,
      grantRow,
      Prisma.sql`SELECT * FROM app.change_access(${sqlRef(resource)}, ${grantId}::uuid, ${roleIdOf(input)}, ${input.expiresAt === undefined}, ${endsAt}::timestamptz)`,
    ),
  );
  return toView(only(done), actor);
}

/** Ends a grant or invitation, for every statement that follows. Anybody may end their own; others within their rights. */
export async function revoke(actor: UserActor, resource: ResourceRef, grantId: string): Promise<void> {
  await explainRefusals(actor, resource, () =>
    write(
      actor,
      z.object({}),
      Prisma.sql`SELECT FROM app.revoke_access(${sqlRef(resource)}, ${grantId}::uuid)`,
    ),
  );
}

/** The moment at which something ends, which lies ahead; null for never. */
export function expiry(expiresAt: string | null | undefined): Date | null {
  if (!expiresAt) return null;
  const date = new Date(expiresAt);
  if (date.getTime() <= Date.now())
    throw new AppError("invalid_input", "Ends in the past", {
      errors: [{ path: "expiresAt", message: "past" }],
    });
  return date;
}

function toView(row: z.output<typeof grantRow>, actor: UserActor): GrantView {
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
    isExternal: row.is_external,
    grantedBy: row.granter_id ? { id: row.granter_id, name: row.granter_name ?? "" } : null,
    grantedAt: row.granted_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    letterAt: row.letter_at?.toISOString() ?? null,
    message: row.message,
  };
}

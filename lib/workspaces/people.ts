import { z } from "zod";
import { type AuditAction, recordAudits } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, read, rows, transaction, type Tx } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type NamedPlace, namedPlace, PAGE_SIZE, pageByName } from "#lib/http/cursor.ts";
import { type Locale, translator } from "#lib/i18n/index.ts";
import {
  type ListPeopleInput,
  type MemberListView,
  type MemberView,
  removalSchema,
  type RemovalView,
  type UpdateMemberInput,
} from "./schema.ts";
import { workspaceRoles } from "./values.ts";

const memberRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(workspaceRoles),
  isSuspended: z.boolean(),
  isSystemAdmin: z.boolean(),
  joinedAt: z.date(),
  groupCount: z.number(),
});
type MemberRow = z.output<typeof memberRow>;

/** The members of the actor's workspace by name; guests are among the outsiders. Guests are refused (`forbidden`). */
export function listPeople(
  actor: UserActor,
  { q = "", notInGroup, cursor }: ListPeopleInput,
): Promise<MemberListView> {
  const after = namedPlace(cursor);
  return transaction(actor, async (tx) => {
    const [abilities] = await rows(
      tx,
      z.object({ isMember: z.boolean(), canManage: z.boolean() }),
      Prisma.sql`SELECT app.actor_workspace() IS NOT NULL AS "isMember", app.is_workspace_admin() AS "canManage"`,
    );
    if (!abilities?.isMember)
      throw new AppError("forbidden", "Guests see no people", { reason: "guest_action" });
    const found = await readMembers(tx, { q, notInGroup, after, atMost: PAGE_SIZE + 1 });
    return {
      ...pageByName(found, (row) => toMember(row, actor)),
      abilities: { canManage: abilities.canManage },
    };
  });
}

/**
 * Changes a member's role, suspends or reactivates them. For workspace admins. A suspension holds from the next statement
 * on: it ends sessions and blocks tokens. `forbidden` for the last active admin (last_admin), for oneself
 * (suspend_self), and for a system admin (system_admin_member). People of other workspaces are not found, like missing
 * ones. Repeating changes nothing.
 */
export function updateMember(
  actor: UserActor,
  id: string,
  { role, isSuspended }: UpdateMemberInput,
): Promise<MemberView> {
  return transaction(actor, async (tx) => {
    const actions: { action: AuditAction; metadata?: Record<string, unknown> }[] = [];
    if (role !== undefined) {
      const query = Prisma.sql`SELECT app.change_member_role(${id}::uuid, ${role}) AS previous`;
      const { previous } = only(await rows(tx, z.object({ previous: z.string() }), query));
      if (previous !== role)
        actions.push({ action: "member.role_changed", metadata: { previous, new: role } });
    }
    if (isSuspended !== undefined) {
      const query = Prisma.sql`SELECT app.set_member_suspended(${id}::uuid, ${isSuspended}) AS "isChanged"`;
      const { isChanged } = only(await rows(tx, z.object({ isChanged: z.boolean() }), query));
      if (isChanged) actions.push({ action: isSuspended ? "member.suspended" : "member.reactivated" });
    }
    const [member] = await readMembers(tx, { id, atMost: 1 });
    // guests can be suspended too, but are in no list of members
    if (!member) throw new AppError("not_found", "No member", { reason: "member" });
    await recordAudits(
      tx,
      actor,
      actions.map((entry) => ({ ...entry, ...about(member) })),
    );
    return toMember(member, actor);
  });
}

/** What removing a member would do. For workspace admins, and for everybody about themselves. */
export async function getRemoval(actor: UserActor, id: string): Promise<RemovalView> {
  const [row] = await read(
    actor,
    removalSchema,
    Prisma.sql`
      SELECT collections, trashed_collections AS "trashedCollections", documents, groups, grants, obstacle
        FROM app.member_removal(${id}::uuid)`,
  );
  if (!row) throw new AppError("not_found", "No member", { reason: "member" });
  return row;
}

/**
 * Removes a person from the workspace. For its admins; anybody may leave. The person goes on in a workspace of their own
 * and loses their groups and all grants here. Throws `conflict` while they own collections here, trashed ones included
 * (owns_collections), or are alone (alone), and `forbidden` for the last admin (last_admin).
 */
export async function removeMember(actor: UserActor, id: string): Promise<void> {
  const { ip = null, requestId = null } = actor;
  await transaction(actor, async (tx) => {
    const person = await tx.user.findUnique({ where: { id }, select: { name: true, language: true } });
    const ownName = translator((person?.language ?? "en") as Locale)("auth.workspaceName", {
      name: person?.name ?? "",
    });
    await tx.$executeRaw`SELECT app.remove_member(${id}::uuid, ${ownName}, ${ip}, ${requestId})`;
  });
}

function readMembers(
  tx: Tx,
  {
    id = null,
    q = "",
    notInGroup = null,
    after = null,
    atMost,
  }: {
    id?: string | null;
    q?: string;
    notInGroup?: string | null;
    after?: NamedPlace | null;
    atMost: number;
  },
): Promise<MemberRow[]> {
  return rows(
    tx,
    memberRow,
    Prisma.sql`
    SELECT u.id, u.name, u.email, u.workspace_role AS role, u.suspended_at IS NOT NULL AS "isSuspended", u.is_system_admin AS "isSystemAdmin",
      u.joined_at AS "joinedAt",
      (SELECT count(*)::int FROM group_memberships m JOIN groups g ON g.id = m.group_id WHERE m.user_id = u.id AND g.deleted_at IS NULL) AS "groupCount"
      FROM (
        SELECT * FROM users
         WHERE workspace_id = (SELECT app.actor_workspace()) AND NOT is_external AND (${id}::uuid IS NULL OR id = ${id}::uuid)
           AND (${q} = '' OR strpos(app.folded(name), app.folded(${q})) > 0 OR strpos(email_normalized, lower(${q})) > 0)
           AND (${notInGroup}::uuid IS NULL OR NOT EXISTS (SELECT FROM group_memberships m WHERE m.group_id = ${notInGroup}::uuid AND m.user_id = users.id))
           AND (${after?.id ?? null}::uuid IS NULL OR (lower(name), id) > (lower(${after?.name ?? null}), ${after?.id ?? null}::uuid))
         ORDER BY lower(name), id LIMIT ${atMost}::int
      ) u ORDER BY lower(u.name), u.id`,
  );
}

const toMember = ({ joinedAt, ...row }: MemberRow, actor: UserActor): MemberView => ({
  ...row,
  isYou: row.id === actor.id,
  joinedAt: joinedAt.toISOString(),
});

const about = ({ id, name, email }: MemberRow) => ({
  resource: { type: "user", id, name } as const,
  subject: { type: "user", id, email } as const,
});

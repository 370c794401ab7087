import { z } from "zod";
import { recordAudit, recordAudits } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, rows, transaction, type Tx } from "#lib/db/index.ts";
import { isMailConfigured } from "#lib/mail/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { cursorId, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { joinUrl } from "./join-url.ts";
import {
  type InviteMembersInput,
  invitedSchema,
  type InvitedView,
  type WorkspaceInvitationListView,
  workspaceInvitationSchema,
  type WorkspaceInvitationView,
} from "./schema.ts";
import { INVITATION_DAYS, MOST_WAITING_INVITATIONS, workspaceRoles } from "./values.ts";

const outcomeRow = z.object({
  id: z.string().nullable(),
  address: z.string(),
  outcome: invitedSchema.shape.items.element.shape.outcome,
  previous_role: z.string().nullable(),
});
const invitationRow = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(workspaceRoles),
  invitedAt: z.date(),
  expiresAt: z.date(),
  mailedAt: z.date().nullable(),
  state: workspaceInvitationSchema.shape.state,
  inviterId: z.string().nullable(),
  inviterName: z.string().nullable(),
});

const renewals = {
  name: "inviteAgain",
  limit: { most: 1, windowSeconds: 600, per: "actor", isShared: true },
} as const;

const endsAt = () => new Date(Date.now() + INVITATION_DAYS * 86_400_000);

/**
 * Invites addresses into the actor's workspace, all or none. For its admins. Each is mailed as the inviter's hourly
 * allowance permits. The answer does not tell whether an address has an account elsewhere. Throws `conflict`
 * (too_many_invitations) when more than `MOST_WAITING_INVITATIONS` would be open.
 */
export function inviteMembers(actor: UserActor, { emails, role }: InviteMembersInput): Promise<InvitedView> {
  return transaction(actor, async (tx) => {
    const invited = await rows(
      tx,
      outcomeRow,
      Prisma.sql`SELECT * FROM app.invite_members(${emails}, ${role}, ${endsAt()}::timestamptz, ${MOST_WAITING_INVITATIONS}::int)`,
    );
    await announce(
      tx,
      invited.flatMap(({ id, outcome }) => (outcome === "invited" ? [id!] : [])),
    );
    await recordAudits(
      tx,
      actor,
      invited.flatMap(({ id, address, outcome, previous_role: previous }) =>
        id === null || (outcome === "again" && previous === role)
          ? []
          : [
              {
                action: outcome === "again" ? "member.invitation_changed" : "member.invited",
                subject: { type: "address" as const, email: address },
                metadata: {
                  invitationId: id,
                  role,
                  ...(outcome === "again" && { previous: { role: previous } }),
                },
              },
            ],
      ),
    );
    return { items: invited.map(({ address: email, outcome }) => ({ email, outcome })) };
  });
}

/** Open, expired and declined invitations, newest first. For workspace admins. */
export function listInvitations(
  actor: UserActor,
  { cursor }: { cursor?: string },
): Promise<WorkspaceInvitationListView> {
  const after = cursorId(cursor);
  return transaction(actor, async (tx) => {
    const abilities = await rows(
      tx,
      z.object({ canManage: z.boolean() }),
      Prisma.sql`SELECT app.actor_workspace() IS NOT NULL AND app.is_workspace_admin() AS "canManage"`,
    );
    if (!only(abilities).canManage)
      throw new AppError("forbidden", "Only workspace admins see invitations", { reason: "workspace_admin" });
    const found = await rows(
      tx,
      invitationRow,
      Prisma.sql`
      SELECT i.id, i.email, i.role, i.created_at AS "invitedAt", i.expires_at AS "expiresAt",
        CASE WHEN i.mailed_at >= i.mail_asked_at THEN i.mailed_at END AS "mailedAt", g.id AS "inviterId", g.name AS "inviterName",
        CASE WHEN i.declined_at IS NOT NULL THEN 'declined' WHEN i.expires_at <= statement_timestamp() THEN 'expired' ELSE 'pending' END AS state
        FROM workspace_invitations i LEFT JOIN users g ON g.id = i.invited_by_id
       WHERE i.workspace_id = (SELECT app.actor_workspace()) AND i.accepted_at IS NULL AND i.deleted_at IS NULL
         AND (i.declined_at IS NULL OR i.declined_at > statement_timestamp() - interval '14 days')
         AND (${after}::uuid IS NULL OR (i.created_at, i.id) < (SELECT last.created_at, last.id FROM workspace_invitations last WHERE last.id = ${after}::uuid))
       ORDER BY i.created_at DESC, i.id DESC LIMIT ${PAGE_SIZE + 1}::int`,
    );
    return { ...pageFrom(found, toView), joinUrl: joinUrl(), isMailConfigured: isMailConfigured() };
  });
}

/** Revokes an invitation, or removes a declined one from the list. For workspace admins. */
export function revokeInvitation(actor: UserActor, id: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const revoked = await rows(
      tx,
      z.object({ email: z.string(), role: z.string(), declined_at: z.date().nullable() }),
      Prisma.sql`SELECT email, role, declined_at FROM app.revoke_workspace_invitation(${id}::uuid)`,
    );
    const before = only(revoked);
    if (before.declined_at) return;
    await recordAudit(tx, actor, {
      action: "member.invitation_revoked",
      subject: { type: "address", email: before.email },
      metadata: { invitationId: id, role: before.role },
    });
  });
}

/**
 * Mails an invitation again and restarts its days. For workspace admins, each of them once in ten minutes for the same
 * invitation (`rate_limited`).
 */
export async function renewInvitation(actor: UserActor, id: string): Promise<void> {
  await countCall(renewals, `${actor.id}:${id}`);
  await transaction(actor, async (tx) => {
    const query = Prisma.sql`SELECT email FROM app.renew_workspace_invitation(${id}::uuid, ${endsAt()}::timestamptz)`;
    const { email } = only(await rows(tx, z.object({ email: z.string() }), query));
    await announce(tx, [id]);
    await recordAudit(tx, actor, {
      action: "member.invitation_renewed",
      subject: { type: "address", email },
      metadata: { invitationId: id },
    });
  });
}

const announce = (tx: Tx, ids: string[]) =>
  tx.$executeRaw`
    INSERT INTO outbox (name, data) SELECT 'member/invited', jsonb_build_object('workspaceInvitationId', id) FROM unnest(${ids}::uuid[]) id`;

const toView = ({
  inviterId,
  inviterName,
  ...row
}: z.output<typeof invitationRow>): WorkspaceInvitationView => ({
  ...row,
  invitedAt: row.invitedAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  mailedAt: row.mailedAt?.toISOString() ?? null,
  invitedBy: inviterId ? { id: inviterId, name: inviterName ?? "" } : null,
});

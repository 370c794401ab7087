import { recordAudit, recordAudits } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { transaction, type Tx } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { cursorId, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { joinUrl } from "./join-url.ts";
import {
  INVITATION_DAYS,
  type InviteMembersInput,
  type InvitedView,
  MOST_WAITING_INVITATIONS,
  type WorkspaceInvitationListView,
  type WorkspaceInvitationView,
  type WorkspaceRole,
} from "./schema.ts";

interface InvitationRow {
  id: string;
  email: string;
  role: WorkspaceRole;
  invitedAt: Date;
  expiresAt: Date;
  mailedAt: Date | null;
  state: WorkspaceInvitationView["state"];
  inviterId: string | null;
  inviterName: string | null;
}

const renewals = {
  name: "inviteAgain",
  limit: { most: 1, windowSeconds: 600, per: "actor", isShared: true },
} as const;

const endsAt = () => new Date(Date.now() + INVITATION_DAYS * 86_400_000);

/**
 * Invites addresses into the actor's workspace, for its admins: all of them, or none. Each gets a letter, in its turn.
 * The answer is alike whether or not an address has an account elsewhere. `conflict` (too_many_invitations) when more
 * than `MOST_WAITING_INVITATIONS` would wait.
 */
export function inviteMembers(actor: UserActor, { emails, role }: InviteMembersInput): Promise<InvitedView> {
  return transaction(actor, async (tx) => {
    const rows = await tx.$queryRaw<
      {
        id: string | null;
        address: string;
        outcome: InvitedView["items"][number]["outcome"];
        previous_role: string | null;
      }[]
    >`SELECT * FROM app.invite_members(${emails}, ${role}, ${endsAt()}::timestamptz, ${MOST_WAITING_INVITATIONS}::int)`;
    await announce(
      tx,
      rows.flatMap(({ id, outcome }) => (outcome === "invited" ? [id!] : [])),
    );
    await recordAudits(
      tx,
      actor,
      rows.flatMap(({ id, address, outcome, previous_role: previous }) =>
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
    return { items: rows.map(({ address: email, outcome }) => ({ email, outcome })) };
  });
}

/** The invitations that wait, have expired or were declined, newest first, for workspace admins. */
export function listInvitations(
  actor: UserActor,
  { cursor }: { cursor?: string },
): Promise<WorkspaceInvitationListView> {
  const after = cursorId(cursor);
  return transaction(actor, async (tx) => {
    const [abilities] = await tx.$queryRaw<{ canManage: boolean }[]>`
      SELECT app.actor_workspace() IS NOT NULL AND app.is_workspace_admin() AS "canManage"`;
    if (!abilities?.canManage)
      throw new AppError("forbidden", "Only workspace admins see invitations", { reason: "workspace_admin" });
    const rows = await tx.$queryRaw<InvitationRow[]>`
      SELECT i.id, i.email, i.role, i.created_at AS "invitedAt", i.expires_at AS "expiresAt",
        CASE WHEN i.mailed_at >= i.mail_asked_at THEN i.mailed_at END AS "mailedAt", g.id AS "inviterId", g.name AS "inviterName",
        CASE WHEN i.declined_at IS NOT NULL THEN 'declined' WHEN i.expires_at <= statement_timestamp() THEN 'expired' ELSE 'pending' END AS state
        FROM workspace_invitations i LEFT JOIN users g ON g.id = i.invited_by_id
       WHERE i.workspace_id = (SELECT app.actor_workspace()) AND i.accepted_at IS NULL AND i.deleted_at IS NULL
         AND (i.declined_at IS NULL OR i.declined_at > statement_timestamp() - interval '14 days')
         AND (${after}::uuid IS NULL OR (i.created_at, i.id) < (SELECT last.created_at, last.id FROM workspace_invitations last WHERE last.id = ${after}::uuid))
       ORDER BY i.created_at DESC, i.id DESC LIMIT ${PAGE_SIZE + 1}::int`;
    return { ...pageFrom(rows, toView), joinUrl: joinUrl(), isMailConfigured: Boolean(env.SMTP_URL) };
  });
}

/** Takes an invitation back, or a declined one off the list. For workspace admins. */
export function revokeInvitation(actor: UserActor, id: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const [before] = await tx.$queryRaw<{ email: string; role: string; declined_at: Date | null }[]>`
      SELECT email, role, declined_at FROM app.revoke_workspace_invitation(${id}::uuid)`;
    if (before!.declined_at) return;
    await recordAudit(tx, actor, {
      action: "member.invitation_revoked",
      subject: { type: "address", email: before!.email },
      metadata: { invitationId: id, role: before!.role },
    });
  });
}

/**
 * Sends the letter of an invitation once more and counts its days anew. For workspace admins, each of them every ten
 * minutes for the same invitation (`rate_limited`).
 */
export async function renewInvitation(actor: UserActor, id: string): Promise<void> {
  await countCall(renewals, `${actor.id}:${id}`);
  await transaction(actor, async (tx) => {
    const [row] = await tx.$queryRaw<{ email: string }[]>`
      SELECT email FROM app.renew_workspace_invitation(${id}::uuid, ${endsAt()}::timestamptz)`;
    await announce(tx, [id]);
    await recordAudit(tx, actor, {
      action: "member.invitation_renewed",
      subject: { type: "address", email: row!.email },
      metadata: { invitationId: id },
    });
  });
}

const announce = (tx: Tx, ids: string[]) =>
  tx.$executeRaw`
    INSERT INTO outbox (name, data) SELECT 'member/invited', jsonb_build_object('workspaceInvitationId', id) FROM unnest(${ids}::uuid[]) id`;

const toView = ({ inviterId, inviterName, ...row }: InvitationRow): WorkspaceInvitationView => ({
  ...row,
  invitedAt: row.invitedAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  mailedAt: row.mailedAt?.toISOString() ?? null,
  invitedBy: inviterId ? { id: inviterId, name: inviterName ?? "" } : null,
});

import { type AuditEntry, recordAudits } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { transaction, type Tx } from "#lib/db/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { type OfferView } from "./schema.ts";

interface Joined {
  workspaceId: string;
  workspaceName: string;
  previousWorkspaceId: string;
  role: string;
  invitedById: string | null;
  collections: { id: string; name: string; wasOpen: boolean }[];
  grants: { collectionId: string | null; documentId: string | null; groupId: string; group: string }[];
}

/** The workspaces that the actor's proven address is invited to, newest first, and what joining would mean. One page. */
export function listOffers(actor: UserActor): Promise<Page<OfferView>> {
  return transaction(actor, async (tx) => {
    const rows = await tx.$queryRaw<(Omit<OfferView, "expiresAt"> & { expiresAt: Date })[]>`
      SELECT id, workspace_name AS "workspaceName", inviter_name AS "inviterName", role, expires_at AS "expiresAt", collections,
        open_collections AS "openCollections", obstacle FROM app.my_workspace_invitations()`;
    return {
      items: rows.map((row) => ({ ...row, expiresAt: row.expiresAt.toISOString() })),
      nextCursor: null,
    };
  });
}

/**
 * Joins the workspace that invited the actor, with the collections they own; the workspace they leave ends. Refused while
 * others are in that one (`conflict`, not_alone) and while somebody has a role of its own (`conflict`,
 * own_roles_in_use). An invitation that ended, or is for another address, is not found. Repeating changes nothing.
 */
export function acceptOffer(actor: UserActor, id: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const [row] = await tx.$queryRaw<{ joined: Joined | null }[]>`
      SELECT app.join_workspace(${id}::uuid) AS joined`;
    await auditJoining(tx, actor, row!.joined);
  });
}

/** Turns an invitation down; the workspace's admins see that. Not found as in `acceptOffer`. */
export async function declineOffer(actor: UserActor, id: string): Promise<void> {
  const { ip = null, requestId = null } = actor;
  await transaction(
    actor,
    (tx) => tx.$executeRaw`SELECT app.decline_workspace_invitation(${id}::uuid, ${ip}, ${requestId})`,
  );
}

/**
 * Whoever signs up with an address that one workspace invited is in that workspace from the start. For the system, at the
 * moment the address is proven and before it is marked so; `actor` is the person, for the audit. False when none or
 * several did.
 */
export async function joinInvited(tx: Tx, actor: UserActor): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ joined: Joined | null }[]>`
    SELECT app.join_invited(${actor.id}::uuid) AS joined`;
  await auditJoining(tx, actor, row!.joined);
  return row!.joined !== null;
}

function auditJoining(tx: Tx, actor: UserActor, joined: Joined | null): Promise<void> {
  const { collections = [], grants = [], ...metadata } = joined ?? {};
  if (!joined) return Promise.resolve();
  const entries: AuditEntry[] = [
    { action: "member.joined", resource: { type: "user", id: actor.id }, metadata },
    ...collections.map(({ id, name, wasOpen }) => ({
      action: "collection.moved",
      resource: { type: "collection", id, name } as const,
      metadata: {
        previous: { workspaceId: joined.previousWorkspaceId, ...(wasOpen && { visibility: "workspace" }) },
        new: { workspaceId: joined.workspaceId, ...(wasOpen && { visibility: "private" }) },
      },
    })),
    ...grants.map(({ collectionId, documentId, groupId, group }) => ({
      action: "permission.revoked",
      resource: collectionId
        ? ({ type: "collection", id: collectionId } as const)
        : ({ type: "document", id: documentId! } as const),
      subject: { type: "group", id: groupId } as const,
      metadata: { group, because: "workspace_left" },
    })),
  ];
  return recordAudits(tx, actor, entries);
}

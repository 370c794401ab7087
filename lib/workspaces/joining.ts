import { z } from "zod";
import { type AuditEntry, recordAudits } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, read, rows, transaction, type Tx } from "#lib/db/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { offerSchema, type OfferView } from "./schema.ts";

const joinedSchema = z.object({
  workspaceId: z.string(),
  workspaceName: z.string(),
  previousWorkspaceId: z.string(),
  role: z.string(),
  invitedById: z.string().nullable(),
  collections: z.array(z.object({ id: z.string(), name: z.string(), wasOpen: z.boolean() })),
  grants: z.array(
    z.object({
      collectionId: z.string().nullable(),
      documentId: z.string().nullable(),
      groupId: z.string(),
      group: z.string(),
    }),
  ),
});
type Joined = z.output<typeof joinedSchema>;
const joinedRow = z.object({ joined: joinedSchema.nullable() });

/** Invitations of workspaces to the actor's proven address, newest first, with the effects of joining. One page. */
export async function listOffers(actor: UserActor): Promise<Page<OfferView>> {
  const offers = await read(
    actor,
    offerSchema.extend({ expiresAt: z.date() }),
    Prisma.sql`
      SELECT id, workspace_name AS "workspaceName", inviter_name AS "inviterName", role, expires_at AS "expiresAt", collections,
        open_collections AS "openCollections", obstacle FROM app.my_workspace_invitations()`,
  );
  return {
    items: offers.map((offer) => ({ ...offer, expiresAt: offer.expiresAt.toISOString() })),
    nextCursor: null,
  };
}

/**
 * Joins the workspace that invited the actor, with the collections they own. The workspace they leave is deleted. Throws
 * `conflict` while others are in that one (not_alone) or one of its custom roles is in use (own_roles_in_use). An
 * invitation that ended or is for another address is not found. Repeating changes nothing.
 */
export function acceptOffer(actor: UserActor, id: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const query = Prisma.sql`SELECT app.join_workspace(${id}::uuid) AS joined`;
    await auditJoining(tx, actor, only(await rows(tx, joinedRow, query)).joined);
  });
}

/** Declines an invitation, which the workspace's admins see. Not found as in `acceptOffer`. */
export async function declineOffer(actor: UserActor, id: string): Promise<void> {
  const { ip = null, requestId = null } = actor;
  await transaction(
    actor,
    (tx) => tx.$executeRaw`SELECT app.decline_workspace_invitation(${id}::uuid, ${ip}, ${requestId})`,
  );
}

/**
 * Moves somebody who signs up into the workspace that invited their address. False when none or several did. Called by
 * the system when the address is proven and before it is marked so. `actor` is the person, for the audit.
 */
export async function joinInvited(tx: Tx, actor: UserActor): Promise<boolean> {
  const query = Prisma.sql`SELECT app.join_invited(${actor.id}::uuid) AS joined`;
  const { joined } = only(await rows(tx, joinedRow, query));
  await auditJoining(tx, actor, joined);
  return joined !== null;
}

function auditJoining(tx: Tx, actor: UserActor, joined: Joined | null): Promise<void> {
  const { collections = [], grants = [], ...metadata } = joined ?? {};
  if (!joined) return Promise.resolve();
  const entries: AuditEntry[] = [
    { action: "member.joined", resource: { type: "user", id: actor.id }, metadata },
    ...collections.map(({ id, name, wasOpen }) => ({
      action: "collection.moved" as const,
      resource: { type: "collection", id, name } as const,
      metadata: {
        previous: { workspaceId: joined.previousWorkspaceId, ...(wasOpen && { visibility: "workspace" }) },
        new: { workspaceId: joined.workspaceId, ...(wasOpen && { visibility: "private" }) },
      },
    })),
    ...grants.map(({ collectionId, documentId, groupId, group }) => ({
      action: "permission.revoked" as const,
      resource: collectionId
        ? ({ type: "collection", id: collectionId } as const)
        : ({ type: "document", id: documentId! } as const),
      subject: { type: "group", id: groupId } as const,
      metadata: { group, because: "workspace_left" },
    })),
  ];
  return recordAudits(tx, actor, entries);
}

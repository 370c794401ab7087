import { recordAudit } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { allows, builtInRoles, covers, type BuiltInRole } from "#lib/authz/permissions.ts";
import { Prisma, transaction, type Tx } from "#lib/db/index.ts";
import { actionForbidden, AppError, collectionForbidden } from "#lib/errors/index.ts";
import { type Page } from "#lib/http/schema.ts";
import {
  type AddCollaboratorInput,
  type AddedCollaboratorView,
  type ChangeCollaboratorInput,
  type CollaboratorView,
} from "./schema.ts";

interface CollaboratorRow {
  id: string;
  email: string;
  name: string | null;
  user_id: string | null;
  role: BuiltInRole;
  is_pending: boolean;
  is_owner: boolean;
  granter_id: string | null;
  granter_name: string | null;
  granted_at: Date;
  expires_at: Date | null;
}

/** Everyone with access and everyone invited, for people who may edit or share. One page: at most a few hundred. */
export function listCollaborators(actor: UserActor, collectionId: string): Promise<Page<CollaboratorView>> {
  return transaction(actor, async (tx) => {
    const mask = await demandLiveCollection(tx, collectionId);
    if (!allows(mask, "edit_documents") && !allows(mask, "manage_permissions"))
      throw actionForbidden("manage_permissions");
    const rows = await tx.$queryRaw<
      CollaboratorRow[]
    >`SELECT * FROM app.list_collaborators(${collectionId}::uuid)`;
    return { items: rows.map((row) => toView(row, actor)), nextCursor: null };
  });
}

/**
 * Gives an address a role. The answer is alike whether or not the address has an account; without one it waits as an
 * invitation until the address proves itself. Adding again changes role and end. Never above the actor's own rights
 * (`forbidden`), never over the owner's limit of collaborators (`quota_exceeded`).
 */
export async function addCollaborator(
  actor: UserActor,
  collectionId: string,
  { email, role, expiresAt }: AddCollaboratorInput,
): Promise<AddedCollaboratorView> {
  const endsAt = expiry(expiresAt);
  return transaction(actor, async (tx) => {
    const [added] = await tx.$queryRaw<{ id: string; user_id: string | null; is_new: boolean }[]>`
      SELECT * FROM app.add_collaborator(${collectionId}::uuid, ${email}, ${role}, ${endsAt}::timestamptz)`;
    await recordAudit(tx, actor, {
      action: added!.is_new ? "permission.granted" : "permission.changed",
      resource: { type: "collection", id: collectionId },
      subject: { type: added!.user_id ? "user" : "address", id: added!.user_id ?? undefined, email },
      metadata: { role, expiresAt: endsAt },
    });
    if (added!.is_new) {
      await tx.$executeRaw`INSERT INTO outbox (name, data) VALUES ('collaborator/added', jsonb_build_object('collaboratorId', ${added!.id}::uuid))`;
    }
    return { id: added!.id, email, role, expiresAt: endsAt?.toISOString() ?? null };
  });
}

/** Changes role or end of a grant or invitation. The collection's owner keeps full access (`forbidden`). */
export async function changeCollaborator(
  actor: UserActor,
  collectionId: string,
  collaboratorId: string,
  { role, expiresAt }: ChangeCollaboratorInput,
): Promise<CollaboratorView> {
  const endsAt = expiresAt === undefined ? undefined : expiry(expiresAt);
  return transaction(actor, async (tx) => {
    const mask = await demandLiveCollection(tx, collectionId);
    if (!allows(mask, "manage_permissions")) throw actionForbidden("manage_permissions");
    if (role && !covers(mask, builtInRoles[role]))
      throw new AppError("forbidden", "Above own rights", { reason: "above_own_rights" });
    const before = await findCollaborator(tx, actor, collectionId, collaboratorId);
    const roleId =
      role &&
      (await tx.role.findFirstOrThrow({ where: { name: role, workspaceId: null }, select: { id: true } })).id;
    await write(tx, collectionId, collaboratorId, {
      ...(roleId && { roleId }),
      ...(endsAt !== undefined && { expiresAt: endsAt }),
    });
    const after = await findCollaborator(tx, actor, collectionId, collaboratorId);
    await recordAudit(tx, actor, {
      action: "permission.changed",
      resource: { type: "collection", id: collectionId },
      subject: { type: after.userId ? "user" : "address", id: after.userId ?? undefined, email: after.email },
      metadata: {
        previous: { role: before.role, expiresAt: before.expiresAt },
        new: { role: after.role, expiresAt: after.expiresAt },
      },
    });
    return after;
  });
}

/** Ends a grant or invitation, at once for every request that follows. Anybody may end their own. */
export function removeCollaborator(
  actor: UserActor,
  collectionId: string,
  collaboratorId: string,
): Promise<void> {
  return transaction(actor, async (tx) => {
    const mask = await demandLiveCollection(tx, collectionId);
    const own = await tx.grant.findFirst({
      where: { id: collaboratorId, collectionId, userId: actor.id, deletedAt: null },
      select: { id: true },
    });
    if (!own && !allows(mask, "manage_permissions")) throw actionForbidden("manage_permissions");
    const before = own ? null : await findCollaborator(tx, actor, collectionId, collaboratorId);
    await recordAudit(tx, actor, {
      action: "permission.revoked",
      resource: { type: "collection", id: collectionId },
      subject: {
        type: before && !before.userId ? "address" : "user",
        id: before?.userId ?? (own ? actor.id : undefined),
        email: before?.email,
      },
      metadata: { previous: { role: before?.role ?? null } },
    });
    await write(tx, collectionId, collaboratorId, { deletedAt: new Date() });
  });
}

async function write(
  tx: Tx,
  collectionId: string,
  id: string,
  data: { roleId?: string; expiresAt?: Date | null; deletedAt?: Date },
): Promise<void> {
  const grants = await tx.grant.updateMany({ where: { id, collectionId, deletedAt: null }, data });
  if (grants.count > 0) return;
  const invitations = await tx.invitation.updateMany({
    where: { id, collectionId, deletedAt: null, acceptedAt: null },
    data,
  });
  if (invitations.count === 0) throw collaboratorNotFound();
}

async function findCollaborator(
  tx: Tx,
  actor: UserActor,
  collectionId: string,
  id: string,
): Promise<CollaboratorView> {
  const [row] = await tx.$queryRaw<CollaboratorRow[]>(
    Prisma.sql`SELECT * FROM app.list_collaborators(${collectionId}::uuid) WHERE id = ${id}::uuid`,
  );
  if (!row) throw collaboratorNotFound();
  return toView(row, actor);
}

const collaboratorNotFound = () =>
  new AppError("not_found", "No such collaborator", { reason: "collaborator" });

async function demandLiveCollection(tx: Tx, id: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ mask: number; isLive: boolean }[]>`
    SELECT app.collection_mask(${id}::uuid) AS mask, app.is_collection_live(${id}::uuid) AS "isLive"`;
  if (!row?.isLive || !allows(row.mask, "view_documents")) throw collectionForbidden();
  return row.mask;
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

function toView(row: CollaboratorRow, actor: UserActor): CollaboratorView {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    userId: row.user_id,
    role: row.role,
    isPending: row.is_pending,
    isOwner: row.is_owner,
    isYou: row.user_id === actor.id,
    grantedBy: row.granter_id ? { id: row.granter_id, name: row.granter_name ?? "" } : null,
    grantedAt: row.granted_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
  };
}

import { recordAudit } from "#lib/audit/index.ts";
import { hashPassword, hashSecret, newSecret, sealing } from "#lib/auth/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { allows } from "#lib/authz/permissions.ts";
import { Prisma, refuseAction, transaction, type Tx } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { type ResourceRef, sqlRef, unseen, explainRefusals } from "#lib/sharing/index.ts";
import {
  type ChangeLinkInput,
  type CreateLinkInput,
  type LinkRole,
  type LinkState,
  type LinkView,
  type MadeLinkView,
} from "./schema.ts";

const { seal, unseal } = sealing("public link tokens, version 1");

/** A token of 256 random bits: its hash is kept for looking it up, and a sealed copy for copying it again. */
function newToken() {
  const { secret, hash } = newSecret();
  return { token: secret, hash, sealed: seal(Buffer.from(secret), hash.toString("hex")) };
}

/**
 * Opens a resource to whoever has the token, for those who manage its permissions: never above their own rights nor beyond
 * their end, never what is protected (`forbidden`). At most 50 links of one resource (`quota_exceeded`).
 */
export async function createLink(
  actor: UserActor,
  resource: ResourceRef,
  {
    name = "",
    role = "viewer",
    password,
    expiresAt,
    allowDownload = true,
    watermark = true,
    maxUses = null,
  }: CreateLinkInput,
): Promise<MadeLinkView> {
  const endsAt = futureOf(expiresAt);
  const { token, hash, sealed } = newToken();
  const passwordHash = password ? await hashPassword(password) : null;
  return explainRefusals(actor, resource, () =>
    transaction(actor, async (tx) => {
      const [made] = await tx.$queryRaw<{ id: string }[]>(
        Prisma.sql`SELECT app.create_link(${sqlRef(resource)}, ${role}, ${name}, ${endsAt}::timestamptz, ${hash}, ${sealed},
          ${passwordHash}, ${allowDownload}, ${maxUses}::int, ${watermark}) AS id`,
      );
      const view = await readLink(tx, resource, made!.id);
      await recordAudit(tx, actor, {
        action: "link.created",
        resource,
        subject: { type: "link", id: view.id },
        metadata: {
          ...{ name: view.name, role: view.role, expiresAt: view.expiresAt, password: view.hasPassword },
          ...{ allowDownload: view.allowDownload, watermark: view.watermark, maxUses: view.maxUses },
        },
      });
      return { ...view, token, url: addressOf(token) };
    }),
  );
}

/** The links of a resource itself that are not revoked, oldest first, for those who manage its permissions. */
export function listLinks(actor: UserActor, resource: ResourceRef): Promise<Page<LinkView>> {
  return transaction(actor, async (tx) => {
    const [seen] = await tx.$queryRaw<{ rights: number }[]>(
      Prisma.sql`SELECT rights FROM app.find_resource(${sqlRef(resource)})`,
    );
    if (!seen) throw unseen(actor, resource);
    if (!allows(seen.rights, "manage_permissions")) return refuseAction(tx, resource, "manage_permissions");
    const rows = await tx.$queryRaw<LinkRow[]>(Prisma.sql`SELECT * FROM app.list_links(${sqlRef(resource)})`);
    return { items: rows.map(toView), nextCursor: null };
  });
}

/**
 * Changes what is named of a link, for those who manage what it opens and have all it gives; to all others it is
 * `not_found`, as a revoked one is. Refuses as `createLink`. Another password ends every visit under way, and so does taking
 * it away; other changes hold from the next request on.
 */
export async function changeLink(
  actor: UserActor,
  linkId: string,
  { password, ...input }: ChangeLinkInput,
): Promise<LinkView> {
  const changes = {
    ...input,
    ...(input.expiresAt && { expiresAt: futureOf(input.expiresAt) }),
    ...(password !== undefined && { passwordHash: password === null ? null : await hashPassword(password) }),
  };
  return transaction(actor, async (tx) => {
    const [done] = await tx.$queryRaw<
      (LinkedResource & { previous: object | null; changed: object | null })[]
    >`SELECT * FROM app.change_link(${linkId}::uuid, ${JSON.stringify(changes)}::jsonb)`;
    const resource = refOf(done!);
    if (done!.changed)
      await recordAudit(tx, actor, {
        action: "link.changed",
        resource,
        subject: { type: "link", id: linkId },
        metadata: { previous: done!.previous, new: done!.changed },
      });
    return readLink(tx, resource, linkId);
  });
}

/** Gives a link another address: the old one opens nothing any more, for those who are reading by it either. Refuses as `changeLink`. */
export function regenerateLink(actor: UserActor, linkId: string): Promise<MadeLinkView> {
  const { token, hash, sealed } = newToken();
  return transaction(actor, async (tx) => {
    const [done] = await tx.$queryRaw<
      (LinkedResource & { told: object })[]
    >`SELECT * FROM app.regenerate_link(${linkId}::uuid, ${hash}, ${sealed})`;
    const resource = refOf(done!);
    await recordAudit(tx, actor, {
      action: "link.regenerated",
      resource,
      subject: { type: "link", id: linkId },
      metadata: { ...done!.told },
    });
    return { ...(await readLink(tx, resource, linkId)), token, url: addressOf(token) };
  });
}

/**
 * Ends a link for good, from the next statement of any visitor on, also one to what lies in the trash. For those who manage
 * what it opens and have all it gives; to all others it is `not_found`. Revoking again changes nothing.
 */
export function revokeLink(actor: UserActor, linkId: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const [done] = await tx.$queryRaw<
      (LinkedResource & { told: object })[]
    >`SELECT * FROM app.revoke_link(${linkId}::uuid)`;
    if (!done) return;
    await recordAudit(tx, actor, {
      action: "link.revoked",
      resource: refOf(done),
      subject: { type: "link", id: linkId },
      metadata: { ...done.told },
    });
  });
}

export interface LinkedResource {
  collection_id: string | null;
  document_id: string | null;
}

export const refOf = ({ collection_id, document_id }: LinkedResource): ResourceRef =>
  collection_id ? { type: "collection", id: collection_id } : { type: "document", id: document_id! };

interface LinkRow {
  id: string;
  name: string;
  role: LinkRole;
  has_password: boolean;
  allow_download: boolean;
  watermark: boolean;
  max_uses: number | null;
  use_count: number;
  state: LinkState;
  expires_at: Date | null;
  creator_id: string | null;
  creator_name: string | null;
  created_at: Date;
  last_accessed_at: Date | null;
  token_hash: Uint8Array;
  token_sealed: Uint8Array;
}

async function readLink(tx: Tx, resource: ResourceRef, linkId: string): Promise<LinkView> {
  const [row] = await tx.$queryRaw<LinkRow[]>(
    Prisma.sql`SELECT * FROM app.list_links(${sqlRef(resource)}, ${linkId}::uuid)`,
  );
  return toView(row!);
}

function toView(row: LinkRow): LinkView {
  const token = tokenOf(row);
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    token,
    url: token && addressOf(token),
    state: row.state,
    hasPassword: row.has_password,
    allowDownload: row.allow_download,
    watermark: row.watermark,
    expiresAt: row.expires_at?.toISOString() ?? null,
    maxUses: row.max_uses,
    useCount: row.use_count,
    lastAccessedAt: row.last_accessed_at?.toISOString() ?? null,
    createdBy: row.creator_id === null ? null : { id: row.creator_id, name: row.creator_name! },
    createdAt: row.created_at.toISOString(),
  };
}

const addressOf = (token: string) => `${env.APP_URL}/share/${token}`;

function tokenOf(row: LinkRow): string | null {
  try {
    const token = unseal(row.token_sealed, Buffer.from(row.token_hash).toString("hex")).toString();
    return hashSecret(token).equals(row.token_hash) ? token : null;
  } catch {
    return null; // the installation's secret was changed since
  }
}

function futureOf(expiresAt: string | null | undefined): Date | null {
  if (!expiresAt) return null;
  const date = new Date(expiresAt);
  if (date.getTime() <= Date.now())
    throw new AppError("invalid_input", "Ends in the past", {
      errors: [{ path: "expiresAt", message: "past" }],
    });
  return date;
}

import { type UserActor, type VisitorActor } from "#lib/authz/actor.ts";
import { allows } from "#lib/authz/permissions.ts";
import { hashSecret, newSecret, sealing } from "#lib/auth/index.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { Prisma, statement, transaction } from "#lib/db/index.ts";
import { actionForbidden, AppError } from "#lib/errors/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { type ResourceRef, sqlRef, unseen, worded } from "#lib/sharing/index.ts";
import { type CreatedLinkView, type CreateLinkInput, type LinkRole, type LinkView } from "./schema.ts";

const { seal, unseal } = sealing("public link tokens, version 1");

const refOf = (input: CreateLinkInput): ResourceRef =>
  "collectionId" in input
    ? { type: "collection", id: input.collectionId }
    : { type: "document", id: input.documentId };

/**
 * Opens a resource to whoever has the token, as viewer or commenter, for those who manage its permissions: never above
 * their own rights, never what is protected (`forbidden`). The token holds 256 random bits; its hash is kept, and a
 * sealed copy for `listLinks`.
 */
export async function createLink(actor: UserActor, input: CreateLinkInput): Promise<CreatedLinkView> {
  const resource = refOf(input);
  const { role, name = "" } = input;
  const endsAt = input.expiresAt ? new Date(input.expiresAt) : null;
  if (endsAt && !(endsAt.getTime() > Date.now()))
    throw new AppError("invalid_input", "Ends in the past", {
      errors: [{ path: "expiresAt", message: "past" }],
    });
  const { secret: token, hash } = newSecret();
  return worded(actor, resource, () =>
    transaction(actor, async (tx) => {
      const [made] = await tx.$queryRaw<{ id: string }[]>(
        Prisma.sql`SELECT app.create_link(${sqlRef(resource)}, ${role}, ${name}, ${endsAt}::timestamptz, ${hash},
          ${seal(Buffer.from(token), hash.toString("hex"))}) AS id`,
      );
      const { id } = made!;
      const expiresAt = endsAt?.toISOString() ?? null;
      await recordAudit(tx, actor, {
        action: "link.created",
        resource,
        subject: { type: "link", id },
        metadata: { role, name, expiresAt },
      });
      return { id, token, name, role, expiresAt };
    }),
  );
}

interface LinkRow {
  id: string;
  name: string;
  role: LinkRole;
  is_open: boolean;
  is_expired: boolean;
  expires_at: Date | null;
  creator_id: string | null;
  creator_name: string | null;
  created_at: Date;
  view_count: number;
  last_accessed_at: Date | null;
  token_hash: Uint8Array;
  token_sealed: Uint8Array;
}

/** The links of a resource itself that are not revoked, oldest first, for those who manage its permissions. */
export function listLinks(actor: UserActor, resource: ResourceRef): Promise<Page<LinkView>> {
  return transaction(actor, async (tx) => {
    const [seen] = await tx.$queryRaw<{ rights: number }[]>(
      Prisma.sql`SELECT rights FROM app.access_place(${sqlRef(resource)})`,
    );
    if (!seen) throw unseen(actor, resource);
    if (!allows(seen.rights, "manage_permissions")) throw actionForbidden("manage_permissions");
    const rows = await tx.$queryRaw<LinkRow[]>(Prisma.sql`SELECT * FROM app.list_links(${sqlRef(resource)})`);
    return { items: rows.map(toView), nextCursor: null };
  });
}

const toView = (row: LinkRow): LinkView => ({
  id: row.id,
  name: row.name,
  role: row.role,
  token: tokenOf(row),
  state: row.is_expired ? "expired" : row.is_open ? "open" : "suspended",
  expiresAt: row.expires_at?.toISOString() ?? null,
  createdBy: row.creator_id === null ? null : { id: row.creator_id, name: row.creator_name! },
  createdAt: row.created_at.toISOString(),
  viewCount: row.view_count,
  lastAccessedAt: row.last_accessed_at?.toISOString() ?? null,
});

function tokenOf(row: LinkRow): string | null {
  try {
    return unseal(row.token_sealed, Buffer.from(row.token_hash).toString("hex")).toString();
  } catch {
    return null; // the installation's secret was changed since
  }
}

/**
 * Ends a link for good, from the next statement of any visitor on. For those who manage what it opens; to all others it
 * is `not_found`. Revoking again changes nothing.
 */
export function revokeLink(actor: UserActor, linkId: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const [done] = await tx.$queryRaw<
      { collection_id: string | null; document_id: string | null; name: string; role: LinkRole }[]
    >`SELECT * FROM app.revoke_link(${linkId}::uuid)`;
    if (!done) return;
    await recordAudit(tx, actor, {
      action: "link.revoked",
      resource: done.collection_id
        ? { type: "collection", id: done.collection_id }
        : { type: "document", id: done.document_id! },
      subject: { type: "link", id: linkId },
      metadata: { role: done.role, name: done.name },
    });
  });
}

/**
 * Whom a token's bearer acts as. `not_found` for what is no token and for links that open nothing now, `link_revoked`,
 * `link_expired`; `forbidden` (`link_password`) where a password stands before it. The look-up is by hash, so its time
 * tells nothing of the token. Every statement of a visitor checks all of this but the password again.
 */
export async function visitorOf(token: string): Promise<VisitorActor> {
  const [link] = await statement<{ id: string; state: "open" | "locked" | "expired" | "revoked" | "closed" }>(
    "SELECT * FROM app.link_of($1)",
    [hashSecret(token)],
  );
  switch (link?.state) {
    case "open":
      return { kind: "visitor", linkId: link.id };
    case "revoked":
      throw new AppError("link_revoked", "Revoked");
    case "expired":
      throw new AppError("link_expired", "Past its end");
    case "locked":
      throw new AppError("forbidden", "Needs its password", { reason: "link_password" });
    default:
      throw new AppError("not_found", "No such link", { reason: "link" });
  }
}

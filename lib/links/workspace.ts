import { z } from "zod";
import { recordAudit } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, read, transaction } from "#lib/db/index.ts";
import { beforeId, PAGE_SIZE } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { type LinkedResource, refOf } from "./manage.ts";
import { type ListWorkspaceLinksInput, linkRoles, linkStates, type WorkspaceLinkView } from "./schema.ts";

/** A row of `app.list_workspace_links`; of a place all but the id is null. */
const linkRow = z.object({
  id: z.string(),
  is_place: z.boolean(),
  name: z.string().nullable(),
  role: z.enum(linkRoles).nullable(),
  state: z.enum(linkStates).nullable(),
  has_password: z.boolean().nullable(),
  allow_download: z.boolean().nullable(),
  watermark: z.boolean().nullable(),
  max_uses: z.number().nullable(),
  use_count: z.number().nullable(),
  expires_at: z.date().nullable(),
  last_accessed_at: z.date().nullable(),
  created_at: z.date().nullable(),
  creator_id: z.string().nullable(),
  creator_name: z.string().nullable(),
  creator_email: z.string().nullable(),
  collection_id: z.string().nullable(),
  collection_name: z.string().nullable(),
  document_id: z.string().nullable(),
  document_name: z.string().nullable(),
  can_open: z.boolean().nullable(),
});

/**
 * A page of the links of the actor's workspace that are not revoked, newest first, for its admins (`forbidden` for all
 * others). It tells what is linked and how that is used, never an address: who manages what a link opens finds that there.
 * A document that is closed to the reader has no name here, and is not found by it. A page costs the same however many
 * links there are: one that looked at some thousands in vain is short, and has a next page.
 */
export async function listWorkspaceLinks(
  actor: UserActor,
  { q = "", state, cursor }: ListWorkspaceLinksInput,
): Promise<Page<WorkspaceLinkView>> {
  const found = await read(
    actor,
    linkRow,
    Prisma.sql`SELECT * FROM app.list_workspace_links(${q}, ${state ?? null}, ${beforeId(cursor)}::uuid, ${PAGE_SIZE + 1}::int)`,
  );
  const last = found.at(-1);
  if (last?.is_place) return { items: found.slice(0, -1).map(toView), nextCursor: last.id };
  const items = found.slice(0, PAGE_SIZE).map(toView);
  return { items, nextCursor: found.length > PAGE_SIZE ? items.at(-1)!.id : null };
}

/**
 * Ends a link of the actor's workspace for good, also where its admins may not open what it opens; of no other
 * (`not_found`). Revoking again changes nothing. Everybody but admins is refused (`forbidden`).
 */
export function revokeWorkspaceLink(actor: UserActor, linkId: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const [done] = await tx.$queryRaw<
      (LinkedResource & { told: object })[]
    >`SELECT * FROM app.revoke_workspace_link(${linkId}::uuid)`;
    if (!done) return;
    await recordAudit(tx, actor, {
      action: "link.revoked",
      resource: refOf(done),
      subject: { type: "link", id: linkId },
      metadata: { ...done.told, because: "workspace_admin" },
    });
  });
}

const toView = (row: z.output<typeof linkRow>): WorkspaceLinkView => ({
  id: row.id,
  name: row.name!,
  role: row.role!,
  state: row.state!,
  hasPassword: row.has_password!,
  allowDownload: row.allow_download!,
  watermark: row.watermark!,
  expiresAt: row.expires_at?.toISOString() ?? null,
  maxUses: row.max_uses,
  useCount: row.use_count!,
  lastAccessedAt: row.last_accessed_at?.toISOString() ?? null,
  createdAt: row.created_at!.toISOString(),
  collection: { id: row.collection_id!, name: row.collection_name! },
  document: row.document_id === null ? null : { id: row.document_id, name: row.document_name },
  canOpen: row.can_open!,
  createdBy:
    row.creator_id === null
      ? null
      : { id: row.creator_id, name: row.creator_name, email: row.creator_email! },
});

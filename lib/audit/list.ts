import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, read } from "#lib/db/index.ts";
import { beforeId, PAGE_SIZE } from "#lib/http/cursor.ts";
import { type AuditEntryView, type AuditListView, type ListAuditInput } from "./schema.ts";
import { actionsIn } from "./values.ts";

const bytes = z.instanceof(Uint8Array).nullable();
const number = z.bigint().transform(Number).nullable();

/** A row of `app.audit_entry`. */
export const entryRow = z.object({
  id: z.string(),
  is_place: z.boolean(),
  action: z.string().nullable(),
  actor_kind: z.enum(["user", "visitor", "everyone", "system"]).nullable(),
  actor_id: z.string().nullable(),
  actor_email: z.string().nullable(),
  actor_name: z.string().nullable(),
  subject_type: z.string().nullable(),
  subject_id: z.string().nullable(),
  subject_email: z.string().nullable(),
  subject_name: z.string().nullable(),
  resource_type: z.string().nullable(),
  resource_id: z.string().nullable(),
  resource_name: z.string().nullable(),
  collection_id: z.string().nullable(),
  collection_name: z.string().nullable(),
  is_apart: z.boolean().nullable(),
  metadata: z.json(),
  ip: z.string().nullable(),
  request_id: z.string().nullable(),
  created_at: z.date().nullable(),
  hidden: z.enum(["names", "texts"]).nullable(),
  chain_id: z.string().nullable(),
  seq: number,
  key_id: z.number().nullable(),
  salts: bytes,
  commitments: bytes,
  erased: z.number().nullable(),
  leaf: bytes,
  mac: bytes,
});
export type EntryRow = z.output<typeof entryRow>;

/** What is asked for, without a place in it. */
export type AuditFilter = Omit<ListAuditInput, "cursor">;

/** The entries before one of them, and perhaps the place to go on from. Throws as `listAudit`. */
export const readEntries = (
  actor: UserActor,
  { collectionId, action, actorId, resourceId, from, to }: AuditFilter,
  { before, atMost }: { before: string; atMost: number },
): Promise<EntryRow[]> =>
  read(
    actor,
    entryRow,
    Prisma.sql`
      SELECT * FROM app.list_audit(${collectionId ?? null}::uuid, ${action ? actionsIn(action) : null}::text[], ${actorId ?? null}::uuid,
        ${resourceId ?? null}::uuid, ${from ?? null}::timestamptz, ${to ?? null}::timestamptz, ${before}::uuid, ${atMost}::int)`,
  );

/**
 * A page of the log of a collection, for those who manage its permissions, or of the actor's workspace, for its admins
 * (`forbidden` for all others); newest first. Of documents that are closed to the reader the log of a collection says
 * nothing; that of a workspace says what happened and to whom, without their names. A page costs the same however long the
 * log is: one that searched some thousands of entries in vain is short, and has a next page.
 */
export async function listAudit(
  actor: UserActor,
  { cursor, ...filter }: ListAuditInput,
): Promise<AuditListView> {
  const found = await readEntries(actor, filter, { before: beforeId(cursor), atMost: PAGE_SIZE + 1 });
  const last = found.at(-1);
  if (last?.is_place) return { items: found.slice(0, -1).map(toView), nextCursor: last.id };
  const items = found.slice(0, PAGE_SIZE).map(toView);
  return { items, nextCursor: found.length > PAGE_SIZE ? items.at(-1)!.id : null };
}

export const toView = (row: EntryRow): AuditEntryView => ({
  id: row.id,
  timestamp: row.created_at!.toISOString(),
  action: row.action!,
  actor: { kind: row.actor_kind!, id: row.actor_id, email: row.actor_email, name: row.actor_name },
  subject:
    row.subject_type === null
      ? null
      : { type: row.subject_type, id: row.subject_id, email: row.subject_email, name: row.subject_name },
  resource:
    row.resource_type === null
      ? null
      : { type: row.resource_type, id: row.resource_id, name: row.resource_name },
  collection: row.collection_id === null ? null : { id: row.collection_id, name: row.collection_name },
  metadata: row.metadata,
  ip: row.ip,
  requestId: row.request_id,
  isHidden: row.hidden === "names",
  seq: row.seq,
});

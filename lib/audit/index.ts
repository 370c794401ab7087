import { type Actor } from "#lib/authz/actor.ts";
import { Prisma, type Tx } from "#lib/db/index.ts";

export interface AuditEntry {
  /** Whose log it belongs to, where that is not the workspace the actor is in by now. */
  workspaceId?: string;
  /** Dotted, past tense: `collection.created`. */
  action: string;
  resource?: {
    type: "collection" | "document" | "user" | "group" | "role" | "token" | "session" | "workspace";
    id: string;
    name?: string;
  };
  subject?: { type: "user" | "group" | "address" | "link"; id?: string; email?: string };
  /** Previous and new values. Never contents, never secrets. */
  metadata?: Record<string, unknown>;
}

/**
 * Writes one entry in the transaction of the change it tells of, in the actor's name: both happen or neither.
 * Entries are never updated or deleted.
 */
export const recordAudit = (tx: Tx, actor: Actor, entry: AuditEntry): Promise<void> =>
  recordAudits(tx, actor, [entry]);

/** As `recordAudit`, for changes of many things at once: one statement, however many entries. */
export async function recordAudits(tx: Tx, actor: Actor, entries: AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const actorId = actor.kind === "user" ? actor.id : null;
  await tx.$executeRaw(Prisma.sql`
    INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
      resource_type, resource_id, resource_name, metadata, ip, request_id)
    SELECT coalesce(e."workspaceId", u.workspace_id), e.action, ${actor.kind}, ${actorId}::uuid, u.email, e.subject->>'type', (e.subject->>'id')::uuid,
      e.subject->>'email', e.resource->>'type', (e.resource->>'id')::uuid, e.resource->>'name', coalesce(e.metadata, '{}'),
      ${actor.ip ?? null}, ${actor.requestId ?? null}
    FROM jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) e ("workspaceId" uuid, action text, subject jsonb, resource jsonb, metadata jsonb)
      LEFT JOIN users u ON u.id = ${actorId}::uuid`);
}

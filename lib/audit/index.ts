import { type Actor } from "#lib/authz/actor.ts";
import { Prisma, type Tx } from "#lib/db/index.ts";

export interface AuditEntry {
  /** Dotted, past tense: `collection.created`. */
  action: string;
  resource?: { type: "collection" | "document" | "user" | "token" | "session"; id: string; name?: string };
  subject?: { type: "user" | "address"; id?: string; email?: string };
  /** Previous and new values. Never contents, never secrets. */
  metadata?: Record<string, unknown>;
}

/**
 * Writes one entry in the transaction of the change it tells of, in the actor's name: both happen or neither.
 * Entries are never updated or deleted.
 */
export async function recordAudit(
  tx: Tx,
  actor: Actor,
  { action, resource, subject, metadata = {} }: AuditEntry,
): Promise<void> {
  const actorId = actor.kind === "user" ? actor.id : null;
  await tx.$executeRaw(Prisma.sql`
    INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
      resource_type, resource_id, resource_name, metadata, ip, request_id)
    SELECT u.workspace_id, ${action}, ${actor.kind}, ${actorId}::uuid, u.email, ${subject?.type ?? null}, ${subject?.id ?? null}::uuid,
      ${subject?.email ?? null}, ${resource?.type ?? null}, ${resource?.id ?? null}::uuid, ${resource?.name ?? null},
      ${JSON.stringify(metadata)}::jsonb, ${actor.ip ?? null}, ${actor.requestId ?? null}
    FROM (SELECT 1) one LEFT JOIN users u ON u.id = ${actorId}::uuid`);
}

import { type Actor, actorIdOf } from "#lib/authz/actor.ts";
import { Prisma, type Tx } from "#lib/db/index.ts";
import { type AuditAction } from "./values.ts";

export interface AuditEntry {
  /** Dotted, past tense: `collection.created`. */
  action: AuditAction;
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
 * Writes one entry in the transaction of the change it tells of, in the actor's name: both happen or neither. The
 * transaction is the actor's own, or the system's. Entries are never updated or deleted.
 */
export const recordAudit = (tx: Tx, actor: Actor, entry: AuditEntry): Promise<void> =>
  recordAudits(tx, actor, [entry]);

/** As `recordAudit`, for changes of many things at once: one statement, however many entries. */
export async function recordAudits(tx: Tx, actor: Actor, entries: AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const actorId = actor.kind === "user" || actor.kind === "visitor" ? actorIdOf(actor) : null;
  await tx.$executeRaw(
    Prisma.sql`SELECT app.record_audit(${JSON.stringify(entries)}::jsonb, ${actor.kind}, ${actorId}::uuid, ${actor.ip ?? null}, ${actor.requestId ?? null})`,
  );
}

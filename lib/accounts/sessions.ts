import { system, type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { statement, transaction, type Tx } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { deviceName } from "./device.ts";
import { type SessionView } from "./schema.ts";

/** A session ends after this much time without use; its cookie likewise. */
export const SESSION_IDLE_SECONDS = 30 * 86_400;
/** …and in any case this long after sign-in. */
const SESSION_MOST_SECONDS = 180 * 86_400;
const PAGE_SIZE = 50;

/** Opens a session for somebody who has just proven who they are, and claims what waits for their address. */
export async function createSession(
  userId: string,
  { ip, userAgent, requestId }: { ip: string | null; userAgent: string; requestId?: string },
): Promise<string> {
  return transaction(system, async (tx) => {
    const { id } = await tx.session.create({
      data: {
        userId,
        ip,
        userAgent: userAgent.replaceAll("\0", "").slice(0, 300),
        expiresAt: new Date(Date.now() + SESSION_IDLE_SECONDS * 1000),
      },
      select: { id: true },
    });
    await tx.$queryRaw`SELECT app.claim_invitations(${userId}::uuid)`;
    await recordAudit(
      tx,
      { kind: "user", id: userId, ip, requestId },
      { action: "session.opened", resource: { type: "session", id } },
    );
    return id;
  });
}

/** Keeps a session in use alive; false when it has ended. */
export async function refreshSession(sessionId: string): Promise<boolean> {
  const [row] = await statement<{ refresh_session: boolean }>("SELECT app.refresh_session($1, $2, $3)", [
    sessionId,
    SESSION_IDLE_SECONDS,
    SESSION_MOST_SECONDS,
  ]);
  return row?.refresh_session ?? false;
}

/** The actor's live sessions, newest first. */
export async function listSessions(
  actor: UserActor,
  { sessionId, cursor }: { sessionId: string | null; cursor?: string },
): Promise<Page<SessionView>> {
  const rows = await transaction(actor, (tx) =>
    tx.session.findMany({
      where: {
        userId: actor.id,
        revokedAt: null,
        expiresAt: { gt: new Date() },
        ...(cursor && { id: { lt: cursor } }),
      },
      orderBy: { id: "desc" },
      take: PAGE_SIZE + 1,
      select: { id: true, userAgent: true, ip: true, createdAt: true, lastSeenAt: true },
    }),
  );
  const items = rows.slice(0, PAGE_SIZE).map(({ id, userAgent, ip, createdAt, lastSeenAt }) => ({
    id,
    isCurrent: id === sessionId,
    device: deviceName(userAgent),
    ip,
    createdAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
  }));
  return { items, nextCursor: rows.length > PAGE_SIZE ? items.at(-1)!.id : null };
}

/** Ends one of the actor's own sessions at once. Somebody else's and an ended one are not found alike. */
export async function revokeSession(actor: UserActor, id: string): Promise<void> {
  await transaction(actor, async (tx) => {
    const { count } = await tx.session.updateMany({
      where: { id, userId: actor.id, revokedAt: null, expiresAt: { gt: new Date() } },
      data: { revokedAt: new Date() },
    });
    if (count === 0) throw new AppError("not_found", "No such session of this person");
    await recordAudit(tx, actor, { action: "session.revoked", resource: { type: "session", id } });
  });
}

/** Ends a person's live sessions but the excepted one, and says how many. */
export async function endSessions(tx: Tx, userId: string, exceptId: string | null): Promise<number> {
  const { count } = await tx.session.updateMany({
    where: {
      userId,
      revokedAt: null,
      expiresAt: { gt: new Date() },
      ...(exceptId && { id: { not: exceptId } }),
    },
    data: { revokedAt: new Date() },
  });
  return count;
}

/** Ends all of the actor's sessions but the one that asks, at once. A call by access token ends all. */
export async function revokeOtherSessions(actor: UserActor, sessionId: string | null): Promise<void> {
  await transaction(actor, async (tx) => {
    const count = await endSessions(tx, actor.id, sessionId);
    if (count === 0) return;
    await recordAudit(tx, actor, {
      action: "session.others_revoked",
      resource: { type: "user", id: actor.id },
      metadata: { count },
    });
  });
}

/** Ends the session that was signed out of; harmless when it has ended. */
export async function signOut(sessionId: string): Promise<void> {
  await transaction(system, (tx) =>
    tx.session.updateMany({ where: { id: sessionId, revokedAt: null }, data: { revokedAt: new Date() } }),
  );
}

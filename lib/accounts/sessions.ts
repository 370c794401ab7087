import { z } from "zod";
import { system, type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { only, statement, transaction, type Tx } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { deviceName } from "./device.ts";
import { type SessionView } from "./schema.ts";

/** A session and its cookie end after this time without use. */
export const SESSION_IDLE_SECONDS = 30 * 86_400;
/** A session ends this long after sign-in, used or not. */
const SESSION_MOST_SECONDS = 180 * 86_400;
const PAGE_SIZE = 50;

/** How somebody proved who they are. */
export type SignInWay = "password" | "magic_link" | "oidc";

/** Opens a session for somebody who has just proven who they are, and claims the invitations of their address. */
export async function createSession(
  userId: string,
  {
    way,
    ip,
    userAgent,
    requestId,
  }: { way: SignInWay; ip: string | null; userAgent: string; requestId?: string },
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
    await tx.$executeRaw`SELECT app.claim_invitations(${userId}::uuid)`;
    await recordAudit(
      tx,
      { kind: "user", id: userId, ip, requestId },
      { action: "session.opened", resource: { type: "session", id }, metadata: { way } },
    );
    return id;
  });
}

/** Extends a session in use. False when it has ended. */
export async function refreshSession(sessionId: string): Promise<boolean> {
  const found = await statement(
    z.object({ isLive: z.boolean() }),
    'SELECT app.refresh_session($1, $2, $3) AS "isLive"',
    [sessionId, SESSION_IDLE_SECONDS, SESSION_MOST_SECONDS],
  );
  return only(found).isLive;
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

/** Ends one of the actor's own sessions at once. Other people's sessions and ended ones are not found. */
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

/** Ends a person's live sessions except `exceptId` and returns how many. */
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

/** Ends all of the actor's sessions except the calling one, at once. */
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

/** Ends a session by signing out. Harmless when it has ended. */
export async function signOut(
  sessionId: string,
  { ip, requestId }: { ip: string | null; requestId?: string },
): Promise<void> {
  await transaction(system, async (tx) => {
    const [ended] = await tx.session.updateManyAndReturn({
      where: { id: sessionId, revokedAt: null },
      data: { revokedAt: new Date() },
      select: { userId: true },
    });
    if (ended)
      await recordAudit(
        tx,
        { kind: "user", id: ended.userId, ip, requestId },
        { action: "session.closed", resource: { type: "session", id: sessionId } },
      );
  });
}

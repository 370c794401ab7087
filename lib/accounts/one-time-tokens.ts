import { hashSecret, newSecret } from "#lib/auth/index.ts";
import { Prisma, type Tx } from "#lib/db/index.ts";

/** What a link in a mail is good for, and how long (seconds). */
const lifetimes = { password_reset: 3600, email_verification: 3 * 86_400, email_change: 3600 } as const;
type Kind = keyof typeof lifetimes;

/** Issues the secret for a link in a mail; earlier ones of the same kind stop working unless kept. Only its hash is stored. */
export async function issueOneTimeToken(
  tx: Tx,
  userId: string,
  kind: Kind,
  { keepsEarlier = false, email }: { keepsEarlier?: boolean; email?: string } = {},
): Promise<string> {
  if (!keepsEarlier) await revokeOneTimeTokens(tx, userId, kind);
  const { secret, hash } = newSecret();
  const expiresAt = new Date(Date.now() + lifetimes[kind] * 1000);
  await tx.token.create({ data: { userId, kind, hash, expiresAt, email }, select: { id: true } });
  return secret;
}

export async function revokeOneTimeTokens(tx: Tx, userId: string, kind: Kind): Promise<void> {
  await tx.token.updateMany({
    where: { userId, kind, usedAt: null, revokedAt: null },
    data: { revokedAt: new Date() },
  });
}

const live = (secret: string, kind: Kind) => Prisma.sql`
  t.hash = ${hashSecret(secret)} AND t.kind = ${kind} AND t.used_at IS NULL AND t.revoked_at IS NULL
  AND t.expires_at > statement_timestamp()
  AND EXISTS (SELECT FROM users u WHERE u.id = t.user_id AND u.suspended_at IS NULL)`;

/** Whether the secret would be taken now. Says nothing about a moment later. */
export async function isOneTimeTokenLive(tx: Tx, secret: string, kind: Kind): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`SELECT 1 FROM tokens t WHERE ${live(secret, kind)}`);
  return rows.length > 0;
}

/**
 * Takes the secret, once: whose it was, and the address it was made for where it was made for one; or null. The update
 * is the check, so that of parallel calls one wins.
 */
export async function takeOneTimeToken(
  tx: Tx,
  secret: string,
  kind: Kind,
): Promise<{ userId: string; email: string | null } | null> {
  const [row] = await tx.$queryRaw<{ userId: string; email: string | null }[]>(
    Prisma.sql`UPDATE tokens t SET used_at = now() WHERE ${live(secret, kind)} RETURNING t.user_id AS "userId", t.email`,
  );
  if (!row) return null;
  await revokeOneTimeTokens(tx, row.userId, kind);
  return row;
}

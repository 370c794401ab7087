import { z } from "zod";
import { hashSecret, newSecret } from "#lib/auth/index.ts";
import { Prisma, rows, type Tx } from "#lib/db/index.ts";

/** The kinds of links in mails, with their lifetimes in seconds; `identity` waits for the code of a second factor. */
const lifetimes = { password_reset: 3600, email_change: 3600, magic_link: 900, identity: 900 } as const;
type Kind = keyof typeof lifetimes;

/** Issues the secret for a link in a mail. Earlier ones of the same kind stop working. Only the hash is stored. */
export async function issueOneTimeToken(
  tx: Tx,
  userId: string,
  kind: Kind,
  { email }: { email?: string } = {},
): Promise<string> {
  await revokeOneTimeTokens(tx, userId, kind);
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

/** The person of a secret that is live now; it may be taken a moment later. */
export async function findOneTimeToken(tx: Tx, secret: string, kind: Kind): Promise<string | null> {
  const [found] = await rows(
    tx,
    z.object({ userId: z.string() }),
    Prisma.sql`SELECT t.user_id AS "userId" FROM tokens t WHERE ${live(secret, kind)}`,
  );
  return found?.userId ?? null;
}

/**
 * Takes the secret, once. Returns its person, and the address if it was made for one; or null. The update is the check,
 * so one of parallel calls wins.
 */
export async function takeOneTimeToken(
  tx: Tx,
  secret: string,
  kind: Kind,
): Promise<{ userId: string; email: string | null } | null> {
  const [row] = await rows(
    tx,
    z.object({ userId: z.string(), email: z.string().nullable() }),
    Prisma.sql`UPDATE tokens t SET used_at = now() WHERE ${live(secret, kind)} RETURNING t.user_id AS "userId", t.email`,
  );
  if (!row) return null;
  await revokeOneTimeTokens(tx, row.userId, kind);
  return row;
}

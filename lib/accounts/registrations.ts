import { z } from "zod";
import { hashPassword, hashSecret, marking, newSecret } from "#lib/auth/index.ts";
import { Prisma, rows, type Tx } from "#lib/db/index.ts";
import { locales } from "#lib/i18n/locales.ts";
import { normalizeEmail } from "#lib/sharing/values.ts";

const LIFETIME_SECONDS = 3 * 86_400;
const SALT_BYTES = 16;

/** What somebody chose when they signed up. It becomes an account when the link that was mailed for it is followed. */
const registrationRow = z.object({
  email: z.string(),
  name: z.string(),
  language: z.enum(locales),
  passwordHash: z.string(),
});
export type Registration = z.output<typeof registrationRow>;

const saltOf = marking("salt of registrations, version 1");

/**
 * The hash of a password for an unconfirmed address. All registrations of an address share a salt that only the
 * installation can derive, so one hash finds a registration by its password among any number of them.
 */
export const hashForAddress = (emailNormalized: string, password: string): Promise<string> =>
  hashPassword(password, saltOf(emailNormalized).subarray(0, SALT_BYTES));

/** Stores a registration beside others of its address and returns the secret for its link. */
export async function keepRegistration(tx: Tx, registration: Registration): Promise<string> {
  const { secret, hash } = newSecret();
  const emailNormalized = normalizeEmail(registration.email);
  const expiresAt = new Date(Date.now() + LIFETIME_SECONDS * 1000);
  await tx.registration.create({
    data: { ...registration, emailNormalized, hash, expiresAt },
    select: { id: true },
  });
  return secret;
}

/** The newest live registration of an address with this password's hash (`hashForAddress`). */
export async function findRegistration(
  tx: Tx,
  emailNormalized: string,
  passwordHash: string,
): Promise<Registration | null> {
  const found = await tx.registration.findFirst({
    where: { emailNormalized, passwordHash, expiresAt: { gt: new Date() } },
    orderBy: { id: "desc" },
    select: { email: true, name: true, language: true, passwordHash: true },
  });
  return found && registrationRow.parse(found);
}

export async function hasRegistrations(tx: Tx, emailNormalized: string): Promise<boolean> {
  const found = await tx.registration.findFirst({
    where: { emailNormalized, expiresAt: { gt: new Date() } },
    select: { id: true },
  });
  return found !== null;
}

/**
 * Takes the registration that a link was mailed for, once, and deletes all others of its address with their links. Null
 * for an unknown secret or an expired registration. Parallel calls for one address run one after the other: call this
 * before the transaction takes any other lock.
 */
export async function takeRegistration(tx: Tx, secret: string): Promise<Registration | null> {
  const hash = hashSecret(secret);
  const found = await tx.registration.findUnique({ where: { hash }, select: { emailNormalized: true } });
  if (!found) return null;
  await lock(tx, found.emailNormalized);
  const [taken] = await rows(
    tx,
    registrationRow,
    Prisma.sql`
    DELETE FROM registrations WHERE hash = ${hash} AND expires_at > statement_timestamp()
      RETURNING email, name, language, password_hash AS "passwordHash"`,
  );
  if (!taken) return null;
  await tx.registration.deleteMany({ where: { emailNormalized: found.emailNormalized } });
  return taken;
}

/** Deletes the registrations of an address that got an account otherwise. First in a transaction, like `takeRegistration`. */
export async function forgetRegistrations(tx: Tx, emailNormalized: string): Promise<void> {
  await lock(tx, emailNormalized);
  await tx.registration.deleteMany({ where: { emailNormalized } });
}

async function lock(tx: Tx, emailNormalized: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`sheaf.registrations.${emailNormalized}`}, 0))`;
}

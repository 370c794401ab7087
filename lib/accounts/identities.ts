import { z } from "zod";
import { system, type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { isUniqueViolation, only, Prisma, rows, transaction, type Tx } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { nameSchema, textSchema } from "#lib/http/schema.ts";
import { isStorable } from "#lib/http/text.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { emailSchema } from "#lib/sharing/schema.ts";
import { normalizeEmail } from "#lib/sharing/values.ts";
import { type CallOrigin } from "./call.ts";
import { hasSecondFactor } from "./codes.ts";
import { sendIdentityLinkedMail } from "./letters.ts";
import { issueOneTimeToken } from "./one-time-tokens.ts";
import { checkAddress, openAccount } from "./register.ts";
import { forgetRegistrations } from "./registrations.ts";
import { type IdentityListView } from "./schema.ts";

/** What a provider says of somebody, in a token that was verified to be the provider's and for us. */
const claimsSchema = z.object({
  iss: textSchema(500).refine(isStorable),
  // OpenID Connect Core, section 2
  sub: textSchema(255).min(1).refine(isStorable),
  email: z.unknown().optional(),
  email_verified: z.unknown().optional(),
  name: z.unknown().optional(),
});

interface Someone {
  issuer: string;
  subject: string;
  /** What the account would be called. */
  name: string;
  /** The address that the provider vouches for, or null. */
  email: string | null;
}

const refused = (reason: string) =>
  new AppError("forbidden", `Not signed in by the provider: ${reason}`, { reason });
const withoutSlash = (url: string) => url.replace(/\/$/, "");

function someoneIn(claims: unknown): Someone {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success || withoutSlash(parsed.data.iss) !== withoutSlash(env.OIDC_ISSUER ?? ""))
    throw refused("identity_refused");
  const { sub: subject, ...said } = parsed.data;
  const email = emailSchema.safeParse(said.email);
  // the text "true" and whatever else is no proof
  const isVerified = said.email_verified === true || (env.OIDC_TRUST_EMAIL && said.email_verified !== false);
  const name = nameSchema(100).safeParse(said.name);
  return {
    issuer: withoutSlash(parsed.data.iss),
    subject,
    name: name.success ? name.data : email.success ? email.data.split("@", 1)[0]!.slice(0, 100) : "",
    email: email.success && isVerified ? email.data : null,
  };
}

/** Who is signed in by an identity. Where a second factor is on, `secret` is what the page that asks for the code needs. */
interface Entered {
  userId: string;
  secret: string | null;
}

/**
 * The person behind what the configured provider says. The first time it is whoever has the address that the provider
 * calls verified, if they have proven it here, too; later it is the same person, whatever their addresses are. Nobody
 * having it, they get an account where sign-up allows. Throws `forbidden` (identity_unverified, identity_unproven,
 * identity_refused, sign_up_closed).
 */
export async function verifyIdentity(claims: unknown, origin: CallOrigin): Promise<Entered> {
  const someone = someoneIn(claims);
  const attempt = () => resolve(someone, origin);
  // the second of two first sign-ins at once finds what the first made
  const userId = await attempt().catch((error: unknown) => {
    const isRefused = error instanceof AppError && error.reason === "identity_refused";
    if (isRefused || isUniqueViolation(error)) return attempt();
    throw error;
  });
  return transaction(system, async (tx) => ({
    userId,
    secret: (await hasSecondFactor(tx, userId)) ? await issueOneTimeToken(tx, userId, "identity") : null,
  }));
}

async function resolve(someone: Someone, origin: CallOrigin): Promise<string> {
  const known = await transaction(system, (tx) => findKnown(tx, someone));
  if (known !== null) return known;
  if (someone.email === null) throw refused("identity_unverified");
  const proven = { ...someone, email: someone.email };
  const linked = await transaction(system, (tx) => link(tx, proven, origin));
  if (linked) {
    sendIdentityLinkedMail({ to: linked.email, language: linked.language, provider: env.OIDC_NAME });
    return linked.id;
  }
  return transaction(system, (tx) => signUp(tx, proven, origin));
}

async function findKnown(tx: Tx, { issuer, subject, email }: Someone): Promise<string | null> {
  const found = await tx.identity.findUnique({
    where: { issuer_subject: { issuer, subject } },
    select: { id: true, user: { select: { id: true, suspendedAt: true } } },
  });
  if (!found) return null;
  if (found.user.suspendedAt) throw refused("identity_refused");
  await tx.identity.updateMany({
    where: { id: found.id },
    data: { lastUsedAt: new Date(), ...(email !== null && { email }) },
  });
  return found.user.id;
}

const linkRow = z.object({
  person: z.string().nullable(),
  outcome: z.enum(["linked", "free", "suspended", "guest", "unproven", "taken"]),
});

/** Null when nobody has the address. */
async function link(
  tx: Tx,
  { issuer, subject, email }: Someone & { email: string },
  { ip, requestId }: CallOrigin,
): Promise<{ id: string; email: string; language: Locale } | null> {
  const { person, outcome } = only(
    await rows(
      tx,
      linkRow,
      Prisma.sql`SELECT person, outcome FROM app.link_identity(${issuer}, ${subject}, ${email}, ${normalizeEmail(email)})`,
    ),
  );
  if (outcome === "free") return null;
  if (outcome === "unproven") throw refused("identity_unproven");
  if (outcome !== "linked" || person === null) throw refused("identity_refused");
  await recordAudit(
    tx,
    { kind: "user", id: person, ip, requestId },
    { action: "identity.linked", resource: { type: "user", id: person }, metadata: { issuer, email } },
  );
  const user = await tx.user.findUniqueOrThrow({
    where: { id: person },
    select: { email: true, language: true },
  });
  return { id: person, email: user.email, language: user.language as Locale };
}

async function signUp(tx: Tx, someone: Someone & { email: string }, origin: CallOrigin): Promise<string> {
  const { email, name } = someone;
  // what others chose for this address is worth nothing any more; takes the lock by address
  await forgetRegistrations(tx, normalizeEmail(email));
  const address = await checkAddress(tx, email);
  if (address.kind !== "free" || address.unprovenId !== null) throw refused("identity_refused");
  const { id } = await openAccount(
    tx,
    address,
    { email, name, language: origin.language, passwordHash: null },
    origin,
  );
  await link(tx, someone, origin);
  return id;
}

/** The actor's identities at other providers. */
export async function listIdentities(actor: UserActor): Promise<IdentityListView> {
  const found = await transaction(actor, (tx) =>
    tx.identity.findMany({
      where: { userId: actor.id },
      orderBy: { id: "asc" },
      select: { id: true, issuer: true, email: true, createdAt: true, lastUsedAt: true },
    }),
  );
  const items = found.map(({ id, issuer, email, createdAt, lastUsedAt }) => ({
    id,
    name: issuer === withoutSlash(env.OIDC_ISSUER ?? "") ? env.OIDC_NAME : new URL(issuer).host,
    email,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
  }));
  return { items, nextCursor: null };
}

/**
 * Takes an identity off the actor's account; sessions stay. Throws `not_found`, and `conflict` (last_way_in) when they
 * could sign in by nothing else. A provider that still vouches for their address links it again at its next sign-in.
 */
export async function unlinkIdentity(actor: UserActor, id: string): Promise<void> {
  await transaction(actor, async (tx) => {
    const unlinked = await rows(
      tx,
      z.object({ issuer: z.string().nullable() }),
      Prisma.sql`SELECT app.unlink_identity(${id}::uuid, ${Boolean(env.SMTP_URL)}) AS issuer`,
    );
    const { issuer } = only(unlinked);
    if (issuer === null) throw new AppError("not_found", "No such identity of this person");
    await recordAudit(tx, actor, {
      action: "identity.unlinked",
      resource: { type: "user", id: actor.id },
      metadata: { issuer },
    });
  });
}

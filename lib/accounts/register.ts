import { system, type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { isUniqueViolation, type Tx, transaction } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { isMailConfigured } from "#lib/mail/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Locale, translator } from "#lib/i18n/index.ts";
import { sendAddressTakenMail, sendVerificationMail } from "./letters.ts";
import { normalizeEmail } from "#lib/sharing/values.ts";
import { joinInvited } from "#lib/workspaces/index.ts";
import { type CallOrigin } from "./call.ts";
import { laneFor } from "./known-devices.ts";
import { mayMail } from "./limits.ts";
import { atPace } from "./pace.ts";
import { hashForAddress, keepRegistration, type Registration, takeRegistration } from "./registrations.ts";
import { type RegisteredView, type RegisterInput } from "./schema.ts";

/** Several times what a hash and the inserts take. */
const PACE_MS = 400;

type Outcome =
  | { kind: "made" }
  | { kind: "pending"; secret: string }
  | { kind: "taken"; email: string; language: Locale }
  | { kind: "silent" };

/**
 * Signs somebody up. Where mail is configured this only keeps a registration, beside others of the same address, until
 * the link mailed for it is followed (`verifyEmail`). Without mail the address counts as confirmed, and the account is
 * made at once. An address that has an account is answered alike, in body and in time, and its owner is mailed. Throws
 * `forbidden` (sign_up_closed) where sign-up is by invitation and the address has none.
 */
export async function register(input: RegisterInput, origin: CallOrigin): Promise<RegisteredView> {
  return atPace(PACE_MS, async () => {
    const { email, name, password } = input;
    const { language } = origin;
    const passwordHash = await hashForAddress(normalizeEmail(email), password);
    // asked first, because a registration without a mail can never be confirmed
    const isMailed = await mayMail(normalizeEmail(email), "register", laneFor(null, origin));
    const attempt = () =>
      transaction(system, (tx) => signUp(tx, { email, name, language, passwordHash }, origin, isMailed));
    // the second of two parallel registrations of one address finds it taken
    const outcome = await attempt().catch((error: unknown) => {
      if (isUniqueViolation(error)) return attempt();
      throw error;
    });
    if (isMailed) tell(outcome, { email, language });
    return { email, isConfirmationNeeded: isMailConfigured() };
  });
}

async function signUp(
  tx: Tx,
  registration: Registration,
  origin: CallOrigin,
  isMailed: boolean,
): Promise<Outcome> {
  const address = await checkAddress(tx, registration.email);
  if (address.kind !== "free") return address;
  if (!isMailConfigured()) {
    await openAccount(tx, address, registration, origin);
    return { kind: "made" };
  }
  return isMailed
    ? { kind: "pending", secret: await keepRegistration(tx, registration) }
    : { kind: "silent" };
}

/**
 * Makes the account of the registration that a secret was mailed for, with its password and name. Invitations of the
 * address become grants. Works once and removes all other registrations of the address. Throws `invalid_input`
 * (verification_token), also when the address belongs to somebody by now, and `forbidden` (sign_up_closed).
 */
export async function verifyEmail(token: string, origin: CallOrigin): Promise<void> {
  const refused = () => new AppError("invalid_input", "No live token", { reason: "verification_token" });
  await transaction(system, async (tx) => {
    const registration = await takeRegistration(tx, token);
    if (!registration) throw refused();
    const address = await checkAddress(tx, registration.email);
    if (address.kind !== "free") throw refused();
    const person = await openAccount(tx, address, registration, origin);
    await recordAudit(tx, person, {
      action: "email.verified",
      resource: { type: "user", id: person.id },
    });
  }).catch((error: unknown) => {
    throw isUniqueViolation(error) ? refused() : error;
  });
}

/** An address that may get an account. `unprovenId` is an account of an older release that was never confirmed. */
interface FreeAddress {
  kind: "free";
  unprovenId: string | null;
  isFirst: boolean;
}

/** Whether an address may get an account. Throws `forbidden` (sign_up_closed). */
export async function checkAddress(
  tx: Tx,
  email: string,
): Promise<FreeAddress | Extract<Outcome, { kind: "taken" | "silent" }>> {
  const emailNormalized = normalizeEmail(email);
  const isFirst = await isFirstPerson(tx);
  if (env.SIGN_UP === "invite" && !isFirst && !(await isInvited(tx, emailNormalized))) {
    throw new AppError("forbidden", "Sign-up is by invitation", { reason: "sign_up_closed" });
  }
  const known = await tx.user.findUnique({
    where: { emailNormalized },
    select: {
      id: true,
      email: true,
      language: true,
      emailVerifiedAt: true,
      suspendedAt: true,
      isExternal: true,
    },
  });
  if (known?.suspendedAt) return { kind: "silent" };
  if (known?.emailVerifiedAt || known?.isExternal) {
    return { kind: "taken", email: known.email, language: known.language as Locale };
  }
  return { kind: "free", unprovenId: known?.id ?? null, isFirst };
}

/** Makes an account with a workspace of its own, with or without a password. The first person on an instance is its system admin. */
export async function openAccount(
  tx: Tx,
  { unprovenId, isFirst }: FreeAddress,
  {
    email,
    name,
    language,
    passwordHash,
  }: Omit<Registration, "passwordHash"> & { passwordHash: string | null },
  { ip, requestId }: Pick<CallOrigin, "ip" | "requestId">,
): Promise<UserActor> {
  const chosen = { email, name, language };
  const select = { id: true } as const;
  const { id } = unprovenId
    ? await tx.user.update({ where: { id: unprovenId }, data: { name, language }, select })
    : await tx.user.create({
        data: {
          ...chosen,
          emailNormalized: normalizeEmail(email),
          workspaceId: await makeWorkspace(tx, chosen),
          workspaceRole: "admin",
          isSystemAdmin: isFirst,
        },
        select,
      });
  if (passwordHash !== null)
    await tx.credential.create({ data: { userId: id, passwordHash }, select: { userId: true } });
  const person = { kind: "user", id, ip, requestId } as const;
  await recordAudit(tx, person, { action: "account.registered", resource: { type: "user", id, name } });
  await proveAddress(tx, person);
  return person;
}

async function makeWorkspace(tx: Tx, { name, language }: { name: string; language: Locale }) {
  const { id } = await tx.workspace.create({
    data: { name: translator(language)("auth.workspaceName", { name }) },
    select: { id: true },
  });
  return id;
}

/** Marks the address as confirmed. Its invitations become grants, and a newcomer joins the workspace that invited them. */
export async function proveAddress(tx: Tx, person: UserActor): Promise<void> {
  // before any row of the person is locked, because joining takes the nesting lock first
  await joinInvited(tx, person);
  await tx.$executeRaw`SELECT app.verify_email(${person.id}::uuid)`;
  await tx.$executeRaw`SELECT app.claim_invitations(${person.id}::uuid)`;
}

/** Whether nobody has an account yet. The lock, needed only then, lets exactly one of several first people be first. */
async function isFirstPerson(tx: Tx): Promise<boolean> {
  const isEmpty = async () => !(await tx.user.findFirst({ select: { id: true } }));
  if (!(await isEmpty())) return false;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('sheaf.first_person'))`;
  return isEmpty();
}

async function isInvited(tx: Tx, emailNormalized: string): Promise<boolean> {
  const waiting = { emailNormalized, deletedAt: null, acceptedAt: null };
  const now = new Date();
  const toSomething = await tx.invitation.findFirst({
    where: { ...waiting, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    select: { id: true },
  });
  const toWorkspace = await tx.workspaceInvitation.findFirst({
    where: { ...waiting, declinedAt: null, expiresAt: { gt: now } },
    select: { id: true },
  });
  return Boolean(toSomething ?? toWorkspace);
}

function tell(outcome: Outcome, to: { email: string; language: Locale }): void {
  if (outcome.kind === "pending")
    sendVerificationMail({ to: to.email, secret: outcome.secret, language: to.language });
  if (outcome.kind === "taken") sendAddressTakenMail({ to: outcome.email, language: outcome.language });
}

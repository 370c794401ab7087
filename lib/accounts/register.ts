import { system, type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { isUniqueViolation, type Tx, transaction } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Locale, translator } from "#lib/i18n/index.ts";
import { sendAddressTakenMail, sendVerificationMail } from "#lib/mail/index.ts";
import { normalizeEmail } from "#lib/sharing/schema.ts";
import { joinInvited } from "#lib/workspaces/index.ts";
import { inBackground } from "./background.ts";
import { type CallOrigin, mayMail } from "./call.ts";
import { issueOneTimeToken } from "./one-time-tokens.ts";
import { atPace } from "./pace.ts";
import { hashPassword } from "./passwords.ts";
import { type RegisteredView, type RegisterInput } from "./schema.ts";

/** Several times what a hash and the inserts take. */
const PACE_MS = 400;

type Outcome =
  | { kind: "made" }
  | { kind: "pending"; secret: string }
  | { kind: "taken"; email: string; language: Locale }
  | { kind: "silent" };

/**
 * Makes an account with a workspace of its own. The first person on an instance is its system admin. Where mail is
 * configured the address has to be confirmed before the first sign-in; elsewhere it counts as confirmed at once.
 * An address that is taken is answered alike, in body and in time, and its owner is told by mail.
 * Throws `forbidden` (sign_up_closed) where accounts are by invitation and the address has none.
 */
export async function register(input: RegisterInput, origin: CallOrigin): Promise<RegisteredView> {
  return atPace(PACE_MS, async () => {
    const passwordHash = await hashPassword(input.password);
    const attempt = () => transaction(system, (tx) => makeAccount(tx, input, passwordHash, origin));
    // the loser of two registrations of one address finds it taken
    const outcome = await attempt().catch((error: unknown) => {
      if (isUniqueViolation(error)) return attempt();
      throw error;
    });
    tell(outcome, input, origin);
    return { email: input.email, isConfirmationNeeded: Boolean(env.SMTP_URL) };
  });
}

async function makeAccount(
  tx: Tx,
  input: RegisterInput,
  passwordHash: string,
  { ip, requestId, language }: CallOrigin,
): Promise<Outcome> {
  const emailNormalized = normalizeEmail(input.email);
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
  if (known) {
    if (known.suspendedAt) return { kind: "silent" };
    if (known.emailVerifiedAt || known.isExternal || !env.SMTP_URL) {
      return { kind: "taken", email: known.email, language: known.language as Locale };
    }
    // nobody has proven this address: the newest registration counts, and only its link
    await tx.user.update({
      where: { id: known.id },
      data: { name: input.name, language },
      select: { id: true },
    });
    await tx.credential.updateMany({
      where: { userId: known.id },
      data: { passwordHash, changedAt: new Date() },
    });
    return { kind: "pending", secret: await issueOneTimeToken(tx, known.id, "email_verification") };
  }
  const workspace = await tx.workspace.create({
    data: { name: translator(language)("auth.workspaceName", { name: input.name }) },
    select: { id: true },
  });
  const { id } = await tx.user.create({
    data: {
      workspaceId: workspace.id,
      workspaceRole: "admin",
      email: input.email,
      emailNormalized,
      name: input.name,
      language,
      isSystemAdmin: isFirst,
    },
    select: { id: true },
  });
  await tx.credential.create({ data: { userId: id, passwordHash }, select: { userId: true } });
  await recordAudit(
    tx,
    { kind: "user", id, ip, requestId },
    { action: "account.registered", resource: { type: "user", id, name: input.name } },
  );
  if (env.SMTP_URL) return { kind: "pending", secret: await issueOneTimeToken(tx, id, "email_verification") };
  await proveAddress(tx, { kind: "user", id, ip, requestId });
  return { kind: "made" };
}

/** The address is its person's: from now on it gets what it was invited to, and a newcomer's workspace is the one that invited them. */
export async function proveAddress(tx: Tx, person: UserActor): Promise<void> {
  // before anything of the person is locked: joining starts with the lock that all moves share
  await joinInvited(tx, person);
  await tx.$queryRaw`SELECT app.verify_email(${person.id}::uuid)`;
  await tx.$queryRaw`SELECT app.claim_invitations(${person.id}::uuid)`;
}

/** Once there is somebody there always is: only then the lock, so that of two first people one is first. */
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

function tell(outcome: Outcome, { email }: RegisterInput, { language }: CallOrigin): void {
  if (outcome.kind !== "pending" && outcome.kind !== "taken") return;
  inBackground("mail about a registration", async () => {
    if (!(await mayMail(normalizeEmail(email), "register"))) return;
    if (outcome.kind === "pending") sendVerificationMail({ to: email, secret: outcome.secret, language });
    else sendAddressTakenMail({ to: outcome.email, language: outcome.language });
  });
}

import { type Actor, system, type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { isUniqueViolation, type Tx, transaction } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { sendAddressTakenMail, sendEmailChangeMail, sendEmailChangeNotice } from "#lib/mail/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { normalizeEmail } from "#lib/sharing/schema.ts";
import { inBackground } from "./background.ts";
import { type CallOrigin, mayMail } from "./call.ts";
import { issueOneTimeToken, revokeOneTimeTokens, takeOneTimeToken } from "./one-time-tokens.ts";
import { atPace } from "./pace.ts";
import { proveSelf } from "./proof.ts";
import { type ChangeEmailInput, type EmailChangeView } from "./schema.ts";
import { endSessions } from "./sessions.ts";

/** Several times what a hash, a code and the look-ups take. */
const PACE_MS = 400;
/** What a person may ask for in an hour: each asking mails a stranger. */
const limit = { most: 10, windowSeconds: 3600, per: "actor", isShared: true } as const;

interface Holder {
  email: string;
  language: Locale;
  /** Whether their address is theirs for certain. */
  isProven: boolean;
  isSuspended: boolean;
}

/**
 * Changes the address the actor signs in with. Where mail is configured, a link goes to the new address and the change
 * holds when it is followed; elsewhere it holds at once. An address that somebody else has is answered alike, in body and
 * in time: its owner is told by mail, the actor's stays as it is. (Without mail the actor can see by their profile that
 * nothing changed; ten askings an hour bound what that is good for.) The old address is told in any case.
 * Throws `forbidden` as `proveSelf`, `invalid_input` (same_email), `rate_limited`.
 */
export async function changeEmail(
  actor: UserActor,
  sessionId: string | null,
  { email, ...proof }: ChangeEmailInput,
): Promise<EmailChangeView> {
  await countCall({ name: "emailChange", limit }, actor.id);
  return atPace(PACE_MS, async () => {
    const own = await proveSelf(actor, proof);
    const emailNormalized = normalizeEmail(email);
    if (emailNormalized === own.emailNormalized) {
      const errors = [{ path: "email", message: "same_email" }];
      throw new AppError("invalid_input", "Already the address", { errors });
    }
    const holder = await findHolder(emailNormalized);
    const to = { email, language: own.language };
    if (env.SMTP_URL) {
      const secret = await ask(actor, email);
      tell(holder?.isProven ? { holder } : { secret }, to);
      sendEmailChangeNotice({ to: own.email, language: own.language, newEmail: email, isDone: false });
    } else if (
      await settle(() => change({ ...actor, id: actor.id }, email, { isProven: false, sessionId }))
    ) {
      sendEmailChangeNotice({ to: own.email, language: own.language, newEmail: email, isDone: true });
    } else if (holder) tell({ holder }, to);
    return { email, isConfirmationNeeded: Boolean(env.SMTP_URL) };
  });
}

/** The address a change waits for, for the person to see; null when there is none. */
export async function findPendingEmail(actor: UserActor): Promise<string | null> {
  const waiting = await transaction(actor, (tx) =>
    tx.token.findFirst({
      where: {
        userId: actor.id,
        kind: "email_change",
        usedAt: null,
        revokedAt: null,
        expiresAt: { gt: new Date() },
      },
      select: { email: true },
    }),
  );
  return waiting?.email ?? null;
}

/** Makes the link that was mailed worthless. Harmless when there is none. */
export async function cancelEmailChange(actor: UserActor): Promise<void> {
  await transaction(actor, (tx) => revokeOneTimeTokens(tx, actor.id, "email_change"));
}

/**
 * Makes the change hold with the secret mailed to the new address, which works once. Every session ends but the one the
 * call comes with; invitations that wait for the new address become access. Throws `invalid_input` (email_change_token),
 * also when the address has come to be somebody else's.
 */
export async function confirmEmailChange(
  token: string,
  { ip, requestId }: CallOrigin,
  sessionId: string | null,
): Promise<void> {
  const refused = () => new AppError("invalid_input", "No live token", { reason: "email_change_token" });
  const changed = await settle(() =>
    transaction(system, async (tx) => {
      const taken = await takeOneTimeToken(tx, token, "email_change");
      if (!taken?.email) throw refused();
      const actor = { kind: "user", id: taken.userId, ip, requestId } as const;
      return change(actor, taken.email, { isProven: true, sessionId });
    }),
  );
  if (!changed) throw refused();
  const { oldEmail, newEmail, language } = changed;
  sendEmailChangeNotice({ to: oldEmail, language, newEmail, isDone: true });
}

interface Changed {
  oldEmail: string;
  newEmail: string;
  language: Locale;
}

/** Null when the address is somebody else's. */
async function change(
  actor: Actor & { kind: "user" },
  email: string,
  { isProven, sessionId }: { isProven: boolean; sessionId: string | null },
): Promise<Changed | null> {
  return transaction(system, async (tx) => {
    const before = await tx.user.findUnique({
      where: { id: actor.id },
      select: { email: true, language: true },
    });
    const [row] = await tx.$queryRaw<{ isChanged: boolean }[]>`
      SELECT app.change_email(${actor.id}::uuid, ${email}, ${normalizeEmail(email)}, ${isProven}) AS "isChanged"`;
    if (!before || !row?.isChanged) return null;
    await tx.$queryRaw`SELECT app.claim_invitations(${actor.id}::uuid)`;
    await endSessions(tx, actor.id, sessionId);
    // links in the old mailbox are no proof any more
    for (const kind of ["password_reset", "email_verification", "email_change"] as const)
      await revokeOneTimeTokens(tx, actor.id, kind);
    await recordAudit(tx, actor, {
      action: "email.changed",
      resource: { type: "user", id: actor.id },
      metadata: { from: before.email, to: email },
    });
    return { oldEmail: before.email, newEmail: email, language: before.language as Locale };
  });
}

/** The loser of two changes to one address finds it taken. */
const settle = (attempt: () => Promise<Changed | null>): Promise<Changed | null> =>
  attempt().catch((error: unknown) => {
    if (isUniqueViolation(error)) return null;
    throw error;
  });

/** The same for an address that is taken, whose secret nobody is told: it must not be seen in the profile either. */
async function ask(actor: UserActor, email: string): Promise<string> {
  return transaction(system, async (tx) => {
    const secret = await issueOneTimeToken(tx, actor.id, "email_change", { email });
    await recordAudit(tx, actor, {
      action: "email.change_requested",
      resource: { type: "user", id: actor.id },
      subject: { type: "address", email },
    });
    return secret;
  });
}

async function findHolder(emailNormalized: string): Promise<Holder | null> {
  const user = await transaction(system, (tx: Tx) =>
    tx.user.findUnique({
      where: { emailNormalized },
      select: { email: true, language: true, emailVerifiedAt: true, isExternal: true, suspendedAt: true },
    }),
  );
  return (
    user && {
      email: user.email,
      language: user.language as Locale,
      isProven: Boolean(user.emailVerifiedAt) || user.isExternal,
      isSuspended: Boolean(user.suspendedAt),
    }
  );
}

function tell(outcome: { holder: Holder } | { secret: string }, to: { email: string; language: Locale }) {
  inBackground("mail about a change of address", async () => {
    if (!(await mayMail(normalizeEmail(to.email), "email_change"))) return;
    if ("secret" in outcome)
      sendEmailChangeMail({ to: to.email, language: to.language, secret: outcome.secret });
    else if (!outcome.holder.isSuspended)
      sendAddressTakenMail({ to: outcome.holder.email, language: outcome.holder.language });
  });
}

import { z } from "zod";
import { type Actor, system, type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { isUniqueViolation, only, Prisma, rows, transaction, type Tx } from "#lib/db/index.ts";
import { isMailConfigured } from "#lib/mail/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { sendAddressTakenMail, sendEmailChangeMail, sendEmailChangeNotice } from "./letters.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { normalizeEmail } from "#lib/sharing/values.ts";
import { inBackground } from "./background.ts";
import { type CallOrigin } from "./call.ts";
import { mayMail, sessionLane } from "./limits.ts";
import { issueOneTimeToken, revokeOneTimeTokens, takeOneTimeToken } from "./one-time-tokens.ts";
import { atPace } from "./pace.ts";
import { proveSelf } from "./proof.ts";
import { forgetRegistrations } from "./registrations.ts";
import { type ChangeEmailInput, type EmailChangeView } from "./schema.ts";
import { endSessions } from "./sessions.ts";

/** Several times the time of a hash, a code and the look-ups. */
const PACE_MS = 400;
/** Requests of one person in an hour, because each mails a stranger. */
const limit = { most: 10, windowSeconds: 3600, per: "actor", isShared: true } as const;

interface Holder {
  email: string;
  language: Locale;
  /** Whether their present address is confirmed. */
  isProven: boolean;
  isSuspended: boolean;
}

/**
 * Changes the address that the actor signs in with. Where mail is configured, the change takes effect when the link
 * mailed to the new address is followed; else at once. If somebody else has the address, the answer is alike in body and
 * time, the owner is mailed and nothing changes. (Without mail the actor sees that in their profile; ten requests an hour
 * bound what they learn.) The old address is mailed in any case. Throws `forbidden` as `proveSelf`, `invalid_input`
 * (same_email), `rate_limited`.
 */
export async function changeEmail(
  actor: UserActor,
  sessionId: string | null,
  { email, ...proof }: ChangeEmailInput,
): Promise<EmailChangeView> {
  await countCall({ name: "emailChange", limit }, actor.id);
  return atPace(PACE_MS, async () => {
    const own = await proveSelf(actor, sessionId, proof);
    const emailNormalized = normalizeEmail(email);
    if (emailNormalized === own.emailNormalized) {
      const errors = [{ path: "email", message: "same_email" }];
      throw new AppError("invalid_input", "Already the address", { errors });
    }
    const holder = await findHolder(emailNormalized);
    const to = { email, language: own.language };
    if (isMailConfigured()) {
      const secret = await ask(actor, email);
      tell(actor, holder?.isProven ? { holder } : { secret }, to);
      sendEmailChangeNotice({ to: own.email, language: own.language, newEmail: email, isDone: false });
    } else if (
      await settle(() => change({ ...actor, id: actor.id }, email, { isProven: false, sessionId }))
    ) {
      sendEmailChangeNotice({ to: own.email, language: own.language, newEmail: email, isDone: true });
    } else if (holder) tell(actor, { holder }, to);
    return { email, isConfirmationNeeded: isMailConfigured() };
  });
}

/** The new address that is not confirmed yet, for the person to see; null when there is none. */
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

/** Revokes the mailed link. Harmless when there is none. */
export async function cancelEmailChange(actor: UserActor): Promise<void> {
  await transaction(actor, (tx) => revokeOneTimeTokens(tx, actor.id, "email_change"));
}

/**
 * Completes the change with the secret mailed to the new address, which works once. Ends every session except the
 * caller's. Invitations of the new address become grants. Throws `invalid_input` (email_change_token), also when the
 * address belongs to somebody else by now.
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
    // takes the lock by address, so that a parallel confirmation comes before or after
    await forgetRegistrations(tx, normalizeEmail(email));
    const before = await tx.user.findUnique({
      where: { id: actor.id },
      select: { email: true, language: true },
    });
    const changed = await rows(
      tx,
      z.object({ isChanged: z.boolean() }),
      Prisma.sql`SELECT app.change_email(${actor.id}::uuid, ${email}, ${normalizeEmail(email)}, ${isProven}) AS "isChanged"`,
    );
    if (!before || !only(changed).isChanged) return null;
    await tx.$executeRaw`SELECT app.claim_invitations(${actor.id}::uuid)`;
    await endSessions(tx, actor.id, sessionId);
    // links in the old mailbox prove nothing any more
    for (const kind of ["password_reset", "email_change", "magic_link"] as const)
      await revokeOneTimeTokens(tx, actor.id, kind);
    await recordAudit(tx, actor, {
      action: "email.changed",
      resource: { type: "user", id: actor.id },
      metadata: { from: before.email, to: email },
    });
    return { oldEmail: before.email, newEmail: email, language: before.language as Locale };
  });
}

/** The second of two parallel changes to one address finds it taken. */
const settle = (attempt: () => Promise<Changed | null>): Promise<Changed | null> =>
  attempt().catch((error: unknown) => {
    if (isUniqueViolation(error)) return null;
    throw error;
  });

/** Issues a secret for a taken address as well, but mails it to nobody: the profile must look the same. */
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

function tell(
  actor: UserActor,
  outcome: { holder: Holder } | { secret: string },
  to: { email: string; language: Locale },
) {
  inBackground("mail about a change of address", async () => {
    if (!(await mayMail(normalizeEmail(to.email), "email_change", sessionLane(actor, null)))) return;
    if ("secret" in outcome)
      sendEmailChangeMail({ to: to.email, language: to.language, secret: outcome.secret });
    else if (!outcome.holder.isSuspended)
      sendAddressTakenMail({ to: outcome.holder.email, language: outcome.holder.language });
  });
}

import { system, type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { log } from "#lib/log/index.ts";
import { sendPasswordResetMail } from "#lib/mail/index.ts";
import { normalizeEmail } from "#lib/sharing/schema.ts";
import { type CallOrigin, countPasswordTry, mayMail } from "./call.ts";
import {
  isOneTimeTokenLive,
  issueOneTimeToken,
  revokeOneTimeTokens,
  takeOneTimeToken,
} from "./one-time-tokens.ts";
import { atPace } from "./pace.ts";
import { hashPassword, isPasswordRight } from "./passwords.ts";
import { proveAddress } from "./register.ts";
import { type ChangePasswordInput, type ConfirmPasswordResetInput } from "./schema.ts";
import { endSessions } from "./sessions.ts";

/** Well above a look-up and the insert of a token. */
const REQUEST_PACE_MS = 150;

/**
 * Mails a link to choose a new password, if the address has an account with one. Settles in the same time whether it
 * has or not, and never fails: neither tells anything.
 */
export async function requestPasswordReset(email: string): Promise<void> {
  const emailNormalized = normalizeEmail(email);
  await atPace(REQUEST_PACE_MS, async () => {
    try {
      if (!(await mayMail(emailNormalized, "reset"))) return;
      const found = await transaction(system, async (tx) => {
        const user = await tx.user.findUnique({
          where: { emailNormalized, suspendedAt: null, credential: { isNot: null } },
          select: { id: true, email: true, language: true },
        });
        return user && { ...user, secret: await issueOneTimeToken(tx, user.id, "password_reset") };
      });
      if (!found) return;
      sendPasswordResetMail({ to: found.email, secret: found.secret, language: found.language as Locale });
    } catch (error) {
      log().error({ err: error }, "password reset request failed");
    }
  });
}

/**
 * Sets a new password with a secret out of a mail, which works once. All sessions end, so that whoever had got in is
 * out; personal access tokens stay, since scripts depend on them and the person can see and revoke them.
 */
export async function resetPassword(
  { token, password }: ConfirmPasswordResetInput,
  { ip, requestId }: CallOrigin,
): Promise<void> {
  const refused = () => new AppError("invalid_input", "No live reset token", { reason: "reset_token" });
  // hashing is dear and stays outside of the transaction: a first look keeps guesses from costing one
  if (!(await transaction(system, (tx) => isOneTimeTokenLive(tx, token, "password_reset")))) throw refused();
  const passwordHash = await hashPassword(password);
  await transaction(system, async (tx) => {
    const taken = await takeOneTimeToken(tx, token, "password_reset");
    if (!taken) throw refused();
    const { userId } = taken;
    await tx.credential.update({
      where: { userId },
      data: { passwordHash, changedAt: new Date() },
      select: { userId: true },
    });
    await endSessions(tx, userId, null);
    // whoever had got in may have asked for it
    await revokeOneTimeTokens(tx, userId, "email_change");
    // the mail arrived, so the address is theirs
    await proveAddress(tx, { kind: "user", id: userId, ip, requestId });
    await recordAudit(
      tx,
      { kind: "user", id: userId, ip, requestId },
      { action: "password.reset", resource: { type: "user", id: userId } },
    );
  });
}

/** Changes the actor's password; every other session ends. Throws `forbidden` (wrong_password), `rate_limited`. */
export async function changePassword(
  actor: UserActor,
  sessionId: string | null,
  { currentPassword, newPassword }: ChangePasswordInput,
): Promise<void> {
  const refused = () =>
    new AppError("forbidden", "Current password is wrong", {
      reason: "wrong_password",
      errors: [{ path: "currentPassword", message: "wrong_password" }],
    });
  const own = await transaction(actor, (tx) =>
    tx.user.findUnique({
      where: { id: actor.id },
      select: { emailNormalized: true, credential: { select: { passwordHash: true } } },
    }),
  );
  if (!own) throw refused();
  await countPasswordTry(own.emailNormalized);
  const current = own.credential?.passwordHash;
  if (!(await isPasswordRight(current, currentPassword))) throw refused();
  const passwordHash = await hashPassword(newPassword);
  await transaction(actor, async (tx) => {
    // against the hash that was checked: of two changes at once one finds its proof outdated
    const { count } = await tx.credential.updateMany({
      where: { userId: actor.id, passwordHash: current },
      data: { passwordHash, changedAt: new Date() },
    });
    if (count === 0) throw refused();
    await endSessions(tx, actor.id, sessionId);
    await revokeOneTimeTokens(tx, actor.id, "password_reset");
    await revokeOneTimeTokens(tx, actor.id, "email_change");
    await recordAudit(tx, actor, { action: "password.changed", resource: { type: "user", id: actor.id } });
  });
}

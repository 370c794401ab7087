import { system, type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { hashPassword, isPasswordRight } from "#lib/auth/index.ts";
import { transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { log } from "#lib/log/index.ts";
import { sendPasswordResetMail } from "./letters.ts";
import { normalizeEmail } from "#lib/sharing/values.ts";
import { type CallOrigin } from "./call.ts";
import { deviceCookie, knownAccountOf, knownAccountSelect, laneFor } from "./known-devices.ts";
import { countPasswordTry, mayMail, sessionLane } from "./limits.ts";
import {
  findOneTimeToken,
  issueOneTimeToken,
  revokeOneTimeTokens,
  takeOneTimeToken,
} from "./one-time-tokens.ts";
import { atPace } from "./pace.ts";
import { proveAddress } from "./register.ts";
import { type ChangePasswordInput, type ConfirmPasswordResetInput } from "./schema.ts";
import { endSessions } from "./sessions.ts";

/** Well above the time of a look-up and the insert of a token. */
const REQUEST_PACE_MS = 150;

/**
 * Mails a link to choose a password if the address has an account; guests sign in by links alone. Never fails, and takes the same
 * time in both cases, so that it tells nothing.
 */
export async function requestPasswordReset(email: string, origin: CallOrigin): Promise<void> {
  const emailNormalized = normalizeEmail(email);
  await atPace(REQUEST_PACE_MS, async () => {
    try {
      const user = await transaction(system, (tx) =>
        tx.user.findUnique({
          where: { emailNormalized, suspendedAt: null, isExternal: false },
          select: { ...knownAccountSelect, email: true, language: true },
        }),
      );
      const lane = laneFor(user && knownAccountOf(user), origin);
      if (!(await mayMail(emailNormalized, "reset", lane)) || !user) return;
      const secret = await transaction(system, async (tx) => {
        await recordAudit(
          tx,
          { kind: "everyone", ip: origin.ip, requestId: origin.requestId },
          { action: "password.reset_requested", resource: { type: "user", id: user.id } },
        );
        return issueOneTimeToken(tx, user.id, "password_reset");
      });
      sendPasswordResetMail({ to: user.email, secret, language: user.language as Locale });
    } catch (error) {
      log().error({ err: error }, "password reset request failed");
    }
  });
}

/**
 * Sets a new password with a secret from a mail, which works once. Ends all sessions, so that an intruder is out.
 * Personal access tokens stay, because scripts depend on them and the person can see and revoke them. Returns the cookie
 * that makes the browser known: somebody who reads the mailbox is no stranger.
 */
export async function resetPassword(
  { token, password }: ConfirmPasswordResetInput,
  { ip, requestId, devices }: CallOrigin,
): Promise<{ cookie: string }> {
  const refused = () => new AppError("invalid_input", "No live reset token", { reason: "reset_token" });
  // hashing is expensive and stays outside of the transaction; this check saves a hash for guessed secrets
  if (!(await transaction(system, (tx) => findOneTimeToken(tx, token, "password_reset")))) throw refused();
  const passwordHash = await hashPassword(password);
  const account = await transaction(system, async (tx) => {
    const taken = await takeOneTimeToken(tx, token, "password_reset");
    if (!taken) throw refused();
    const { userId } = taken;
    const changed = { passwordHash, changedAt: new Date() };
    const { changedAt } = await tx.credential.upsert({
      where: { userId },
      create: { userId, ...changed },
      update: changed,
      select: { changedAt: true },
    });
    await endSessions(tx, userId, null);
    // an intruder may have requested it
    for (const kind of ["email_change", "magic_link"] as const) await revokeOneTimeTokens(tx, userId, kind);
    // the mail arrived, which proves the address
    await proveAddress(tx, { kind: "user", id: userId, ip, requestId });
    await recordAudit(
      tx,
      { kind: "user", id: userId, ip, requestId },
      { action: "password.reset", resource: { type: "user", id: userId } },
    );
    return { id: userId, passwordChangedAt: changedAt };
  });
  return { cookie: deviceCookie(account, "mailbox", devices) };
}

/**
 * Changes the actor's password. Ends every other session and makes all other devices strangers. Returns the cookie that
 * keeps this device known. Throws `forbidden` (wrong_password), `rate_limited`.
 */
export async function changePassword(
  actor: UserActor,
  sessionId: string | null,
  { currentPassword, newPassword }: ChangePasswordInput,
  devices: string[] = [],
): Promise<{ cookie: string }> {
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
  await countPasswordTry(own.emailNormalized, sessionLane(actor, sessionId));
  const current = own.credential?.passwordHash;
  if (!(await isPasswordRight(current, currentPassword))) throw refused();
  const passwordHash = await hashPassword(newPassword);
  const changedAt = new Date();
  await transaction(actor, async (tx) => {
    // compared with the hash that was checked, so that one of two parallel changes fails
    const { count } = await tx.credential.updateMany({
      where: { userId: actor.id, passwordHash: current },
      data: { passwordHash, changedAt },
    });
    if (count === 0) throw refused();
    await endSessions(tx, actor.id, sessionId);
    for (const kind of ["password_reset", "email_change", "magic_link"] as const)
      await revokeOneTimeTokens(tx, actor.id, kind);
    await recordAudit(tx, actor, { action: "password.changed", resource: { type: "user", id: actor.id } });
  });
  return { cookie: deviceCookie({ id: actor.id, passwordChangedAt: changedAt }, "device", devices) };
}

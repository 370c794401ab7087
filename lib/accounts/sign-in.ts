import { z } from "zod";
import { recordAudit } from "#lib/audit/index.ts";
import { isPasswordRight } from "#lib/auth/index.ts";
import { system } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { isMailConfigured } from "#lib/mail/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { addressBlock } from "#lib/http/request.ts";
import { textSchema } from "#lib/http/schema.ts";
import { isStorable } from "#lib/http/text.ts";
import { sendVerificationMail } from "./letters.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { normalizeEmail } from "#lib/sharing/values.ts";
import { inBackground } from "./background.ts";
import { takeCode } from "./codes.ts";
import { deviceCookie, knownAccountOf, knownAccountSelect, laneFor } from "./known-devices.ts";
import { countPasswordTry, type Lane, mayMail } from "./limits.ts";
import { atPace } from "./pace.ts";
import { findRegistration, hashForAddress, hasRegistrations, keepRegistration } from "./registrations.ts";

/** Many times the time of one hash and one look-up. Only refusals wait for it. */
const PACE_MS = 400;

const credentialsSchema = z.object({
  email: textSchema(254),
  password: textSchema(128),
  code: textSchema(40).optional(),
});

/** Where a sign-in comes from, with the browser's cookies of earlier ones. */
interface Origin {
  ip: string | null;
  requestId?: string;
  devices?: string[];
}

/**
 * The person with these credentials. Null for a wrong password, an unknown or unconfirmed address and a suspended person,
 * alike in time as well. Throws `rate_limited` after too many tries from one network (an IPv4 address or IPv6 /64), at
 * one account in one lane (`Lane`), or by all strangers together; every try is charged before the password is hashed. A
 * known device is subject neither to its network's limit nor to the strangers'. Where a second factor is on and the
 * password was right, throws `unauthenticated` (code_needed, wrong_code) without the right code.
 */
export async function verifyCredentials(input: unknown, origin: Origin): Promise<string | null> {
  // a look-up finds out whether a device is known; a stranger's network is counted before it
  const isStranger = !origin.devices?.length;
  if (isStranger) await countCall("signIn", addressBlock(origin.ip));
  return atPace(PACE_MS, () => check(input, origin, isStranger), Boolean);
}

async function check(input: unknown, origin: Origin, isCounted: boolean): Promise<string | null> {
  const parsed = credentialsSchema.safeParse(input);
  const emailNormalized =
    parsed.success && isStorable(parsed.data.email) ? normalizeEmail(parsed.data.email) : null;
  const user = emailNormalized === null ? null : await findUser(emailNormalized);
  const lane = laneFor(user && knownAccountOf(user), origin);
  if (!isCounted && lane.kind === "network") await countCall("signIn", lane.id);
  if (!parsed.success || emailNormalized === null) return null;
  const { password, code } = parsed.data;
  await countPasswordTry(emailNormalized, lane);
  const isRight = await isPasswordRight(user?.credential?.passwordHash, password);
  if (!user?.emailVerifiedAt && isMailConfigured())
    inBackground("reminder to confirm", () => remind(emailNormalized, password, lane));
  if (!isRight || !user || user.suspendedAt || !user.emailVerifiedAt) {
    await recordFailure(
      user?.id ?? null,
      !user ? "address" : !isRight ? "password" : user.suspendedAt ? "suspended" : "unconfirmed",
      origin,
    );
    return null;
  }
  if (user.second?.activatedAt)
    await demandCode(user.id, lane, code).catch(async (error: unknown) => {
      if (code && error instanceof AppError && error.reason === "wrong_code")
        await recordFailure(user.id, "code", origin);
      throw error;
    });
  return user.id;
}

/**
 * Enters a sign-in that failed, in the log of the person's workspace; where nobody has the address in that of the
 * instance, without the address: it may be a password that was typed into the wrong field.
 */
const recordFailure = (
  userId: string | null,
  reason: "address" | "password" | "suspended" | "unconfirmed" | "code",
  { ip, requestId }: Origin,
) =>
  transaction(system, (tx) =>
    recordAudit(
      tx,
      { kind: "everyone", ip, requestId },
      {
        action: "sign_in.failed",
        ...(userId && { resource: { type: "user", id: userId } }),
        metadata: { reason },
      },
    ),
  );

const findUser = (emailNormalized: string) =>
  transaction(system, (tx) =>
    tx.user.findUnique({
      where: { emailNormalized },
      select: {
        id: true,
        createdAt: true,
        suspendedAt: true,
        emailVerifiedAt: true,
        credential: { select: { passwordHash: true, changedAt: true } },
        second: { select: { activatedAt: true } },
      },
    }),
  );

/** Throws `unauthenticated` (code_needed, wrong_code) without the right code of the second factor. */
export async function demandCode(userId: string, lane: Lane, code: string | undefined): Promise<void> {
  if (!code) throw new AppError("unauthenticated", "A code is needed", { reason: "code_needed" });
  if (!(await takeCode(userId, lane, code)))
    throw new AppError("unauthenticated", "The code is wrong", { reason: "wrong_code" });
}

/** The cookie that makes a browser known after a sign-in. */
export async function rememberDevice(userId: string, devices: string[]): Promise<string | null> {
  const user = await transaction(system, (tx) =>
    tx.user.findUnique({ where: { id: userId }, select: knownAccountSelect }),
  );
  return user && deviceCookie(knownAccountOf(user), "device", devices);
}

/**
 * Mails the confirmation link again to somebody who knows the password of a registration, for that registration alone.
 * The earlier link stays valid.
 */
async function remind(emailNormalized: string, password: string, lane: Lane): Promise<void> {
  if (!(await transaction(system, (tx) => hasRegistrations(tx, emailNormalized)))) return;
  const passwordHash = await hashForAddress(emailNormalized, password);
  const found = await transaction(system, (tx) => findRegistration(tx, emailNormalized, passwordHash));
  if (!found || !(await mayMail(emailNormalized, "register", lane))) return;
  const secret = await transaction(system, (tx) => keepRegistration(tx, found));
  sendVerificationMail({ to: found.email, secret, language: found.language });
}

import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { addressBlock } from "#lib/http/request.ts";
import { isStorable } from "#lib/http/text.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { sendVerificationMail } from "#lib/mail/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { normalizeEmail } from "#lib/sharing/schema.ts";
import { inBackground } from "./background.ts";
import { countPasswordTry, mayMail } from "./call.ts";
import { takeCode } from "./codes.ts";
import { issueOneTimeToken } from "./one-time-tokens.ts";
import { atPace } from "./pace.ts";
import { isPasswordRight } from "./passwords.ts";
import { proveAddress } from "./register.ts";

/** Many times one hash and one look-up; only refusals wait for it. */
const PACE_MS = 400;

const credentialsSchema = z.object({
  email: z.string().max(254),
  password: z.string().max(128),
  code: z.string().max(40).optional(),
});

/**
 * Whose credentials these are, or null: for a wrong password, an unknown address, a suspended person and an address
 * still to be confirmed alike, in time as well. Throws `rate_limited` after too many tries from one address block
 * (an IPv4 address or IPv6 /64) or at one account; both are charged before the password is hashed. Where a second factor
 * is on, and only once the password was right, throws `unauthenticated` (code_needed, wrong_code) without the right code.
 */
export async function verifyCredentials(
  input: unknown,
  { ip }: { ip: string | null },
): Promise<string | null> {
  await countCall("signIn", addressBlock(ip));
  return atPace(PACE_MS, () => check(input), Boolean);
}

async function check(input: unknown): Promise<string | null> {
  const parsed = credentialsSchema.safeParse(input);
  if (!parsed.success || !isStorable(parsed.data.email)) return null;
  const { email, password, code } = parsed.data;
  const emailNormalized = normalizeEmail(email);
  await countPasswordTry(emailNormalized);
  const user = await transaction(system, (tx) =>
    tx.user.findUnique({
      where: { emailNormalized },
      select: {
        id: true,
        email: true,
        language: true,
        suspendedAt: true,
        emailVerifiedAt: true,
        credential: { select: { passwordHash: true } },
        second: { select: { activatedAt: true } },
      },
    }),
  );
  if (!(await isPasswordRight(user?.credential?.passwordHash, password)) || !user || user.suspendedAt)
    return null;
  if (!user.emailVerifiedAt) {
    if (env.SMTP_URL) {
      inBackground("reminder to confirm", () =>
        remind(user.id, user.email, emailNormalized, user.language as Locale),
      );
      return null;
    }
    // without mail there is nothing to confirm with
    await transaction(system, (tx) => proveAddress(tx, { kind: "user", id: user.id }));
  }
  if (user.second?.activatedAt) await demandCode(user.id, code);
  return user.id;
}

async function demandCode(userId: string, code: string | undefined): Promise<void> {
  if (!code) throw new AppError("unauthenticated", "A code is needed", { reason: "code_needed" });
  if (!(await takeCode(userId, code)))
    throw new AppError("unauthenticated", "The code is wrong", { reason: "wrong_code" });
}

/** The link to confirm the address once more: whoever knows the password may have lost it. The earlier one stays good. */
async function remind(id: string, to: string, emailNormalized: string, language: Locale): Promise<void> {
  if (!(await mayMail(emailNormalized, "register"))) return;
  const secret = await transaction(system, (tx) =>
    issueOneTimeToken(tx, id, "email_verification", { keepsEarlier: true }),
  );
  sendVerificationMail({ to, secret, language });
}

import { type UserActor } from "#lib/authz/actor.ts";
import { isPasswordRight } from "#lib/auth/index.ts";
import { transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { hasSecondFactor, takeCode, wrongCode } from "./codes.ts";
import { countPasswordTry, sessionLane } from "./limits.ts";
import { type ProofInput } from "./schema.ts";

/**
 * Checks the password again, and a code where a second factor is on, before a change that could cost a person their
 * account (ASVS 7.5.1). Throws `forbidden` (wrong_password, code_needed, wrong_code) or `rate_limited`. Call it outside
 * of a transaction: it hashes, and a rollback must not undo its counters.
 */
export async function proveSelf(
  actor: UserActor,
  sessionId: string | null,
  { password, code }: ProofInput,
): Promise<{ email: string; emailNormalized: string; language: Locale }> {
  const found = await transaction(actor, async (tx) => ({
    user: await tx.user.findUnique({
      where: { id: actor.id },
      select: {
        email: true,
        emailNormalized: true,
        language: true,
        credential: { select: { passwordHash: true } },
      },
    }),
    needsCode: await hasSecondFactor(tx, actor.id),
  }));
  if (!found.user) throw new AppError("unauthenticated", "This person is gone");
  const { credential, language, ...user } = found.user;
  const lane = sessionLane(actor, sessionId);
  await countPasswordTry(user.emailNormalized, lane);
  if (!(await isPasswordRight(credential?.passwordHash, password))) {
    throw new AppError("forbidden", "Password is wrong", {
      reason: "wrong_password",
      errors: [{ path: "password", message: "wrong_password" }],
    });
  }
  if (found.needsCode) {
    if (!code) {
      const errors = [{ path: "code", message: "code_needed" }];
      throw new AppError("forbidden", "A code is needed", { reason: "code_needed", errors });
    }
    if (!(await takeCode(actor.id, lane, code))) throw wrongCode();
  }
  return { ...user, language: language as Locale };
}

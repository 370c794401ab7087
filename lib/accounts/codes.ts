import { system } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { Prisma, type Tx, transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { log } from "#lib/log/index.ts";
import { hashBackupCode, isBackupCode, takeBackupCode } from "./backup-codes.ts";
import { unseal } from "./sealed.ts";
import { matchingStep } from "./totp.ts";

/** This many wrong codes in a row are free; then each costs a wait, which doubles from five minutes to an hour. */
const FREE_TRIES = 5;

export const hasSecondFactor = async (tx: Tx, userId: string): Promise<boolean> =>
  Boolean(
    await tx.secondFactor.findUnique({
      where: { userId, activatedAt: { not: null } },
      select: { userId: true },
    }),
  );

/**
 * Takes a code of the app or a backup code, each once. Throws `rate_limited` after too many wrong ones in a row; a try is
 * charged before it is looked at, so that parallel guesses gain nothing.
 */
export async function takeCode(userId: string, input: string): Promise<boolean> {
  const code = plainCode(input);
  const factor = await chargeTry(userId);
  if (!factor) return false;
  if (isBackupCode(code)) {
    const hash = await hashBackupCode(code, factor.backupSalt);
    return transaction(system, async (tx) => {
      if (!(await takeBackupCode(tx, userId, hash))) return false;
      await tx.secondFactor.updateMany({ where: { userId }, data: { wrongTries: 0, nextTryAt: null } });
      await recordAudit(
        tx,
        { kind: "user", id: userId },
        { action: "backup_code.used", resource: { type: "user", id: userId } },
      );
      return true;
    });
  }
  const step = codeStep(factor.secret, userId, code);
  if (step === null) return false;
  return transaction(system, async (tx) => {
    const { count } = await tx.secondFactor.updateMany({
      where: { userId, lastStep: { lt: step } },
      data: { lastStep: step, wrongTries: 0, nextTryAt: null },
    });
    return count === 1;
  });
}

export const wrongCode = () =>
  new AppError("forbidden", "Code is wrong", {
    reason: "wrong_code",
    errors: [{ path: "code", message: "wrong_code" }],
  });

function codeStep(secret: Uint8Array, userId: string, code: string): number | null {
  try {
    return matchingStep(unseal(secret, userId), code, Date.now());
  } catch (error) {
    // the installation's secret is another one now: backup codes still work
    log().error({ err: error, userId }, "second factor could not be read");
    return null;
  }
}

interface Charged {
  secret: Uint8Array;
  backupSalt: Uint8Array;
}

async function chargeTry(userId: string): Promise<Charged | null> {
  const { charged, nextTryAt } = await transaction(system, async (tx) => {
    const [row] = await tx.$queryRaw<Charged[]>(Prisma.sql`
      UPDATE second_factors SET wrong_tries = wrong_tries + 1, next_try_at = CASE WHEN wrong_tries + 1 >= ${FREE_TRIES}::int
          THEN now() + least(interval '5 minutes' * power(2, least(wrong_tries + 1 - ${FREE_TRIES}::int, 10)), interval '1 hour') END
       WHERE user_id = ${userId}::uuid AND activated_at IS NOT NULL AND (next_try_at IS NULL OR next_try_at <= now())
       RETURNING secret, backup_salt AS "backupSalt"`);
    if (row) return { charged: row, nextTryAt: null };
    const waiting = await tx.secondFactor.findUnique({ where: { userId }, select: { nextTryAt: true } });
    return { charged: null, nextTryAt: waiting?.nextTryAt ?? null };
  });
  if (!nextTryAt) return charged;
  const retryAfterSeconds = Math.max(1, Math.ceil((nextTryAt.getTime() - Date.now()) / 1000));
  throw new AppError("rate_limited", "Too many wrong codes", { retryAfterSeconds });
}

/** As people paste them: with spaces or a hyphen in the middle. */
export const plainCode = (code: string) => code.replace(/[\s-]/g, "").toLowerCase();

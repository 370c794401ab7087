import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { Prisma, rows, transaction, type Tx } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { log } from "#lib/log/index.ts";
import { hashBackupCode, isBackupCode, takeBackupCode } from "./backup-codes.ts";
import { countStrangersCodeTry, type Lane } from "./limits.ts";
import { unseal } from "./sealed.ts";
import { matchingStep } from "./totp.ts";

/** A lane has this many wrong codes in a row without a wait. Then each costs a wait, which doubles from 5 min to 1 h. */
const FREE_TRIES = 5;

export const hasSecondFactor = async (tx: Tx, userId: string): Promise<boolean> =>
  Boolean(
    await tx.secondFactor.findUnique({
      where: { userId, activatedAt: { not: null } },
      select: { userId: true },
    }),
  );

/**
 * Accepts a code of the authenticator app or a backup code, each once. Throws `rate_limited` after too many wrong ones in
 * a row in this lane. A try is charged before the code is compared, so parallel guesses gain nothing.
 */
export async function takeCode(userId: string, lane: Lane, input: string): Promise<boolean> {
  const code = plainCode(input);
  const factor = await chargeTry(userId, lane);
  if (!factor) return false;
  if (isBackupCode(code)) {
    const hash = await hashBackupCode(code, factor.backupSalt);
    return transaction(system, async (tx) => {
      if (!(await takeBackupCode(tx, userId, hash))) return false;
      await forgetTries(tx, userId, lane);
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
      data: { lastStep: step },
    });
    if (count === 1) await forgetTries(tx, userId, lane);
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
    // AUTH_SECRET was changed: backup codes still work
    log().error({ err: error, userId }, "second factor could not be read");
    return null;
  }
}

interface Charged {
  secret: Uint8Array;
  backupSalt: Uint8Array;
}

const nameOf = ({ kind, id }: Lane) => `${kind}:${id}`;

async function chargeTry(userId: string, lane: Lane): Promise<Charged | null> {
  const name = nameOf(lane);
  const { factor, nextTryAt } = await transaction(system, async (tx) => {
    const charged = await rows(
      tx,
      z.object({}),
      Prisma.sql`
      INSERT INTO code_tries AS t (user_id, lane)
        SELECT user_id, ${name} FROM second_factors WHERE user_id = ${userId}::uuid AND activated_at IS NOT NULL
        ON CONFLICT (user_id, lane) DO UPDATE SET wrong_tries = t.wrong_tries + 1, tried_at = now(),
          next_try_at = CASE WHEN t.wrong_tries + 1 >= ${FREE_TRIES}::int
            THEN now() + least(interval '5 minutes' * power(2, least(t.wrong_tries + 1 - ${FREE_TRIES}::int, 10)), interval '1 hour') END
          WHERE t.next_try_at IS NULL OR t.next_try_at <= now()
        RETURNING 1`,
    );
    const isCharged = charged.length > 0;
    return {
      factor: isCharged
        ? await tx.secondFactor.findUnique({ where: { userId }, select: { secret: true, backupSalt: true } })
        : null,
      nextTryAt: isCharged
        ? null
        : (
            await tx.codeTries.findUnique({
              where: { userId_lane: { userId, lane: name } },
              select: { nextTryAt: true },
            })
          )?.nextTryAt,
    };
  });
  if (nextTryAt) {
    const retryAfterSeconds = Math.max(1, Math.ceil((nextTryAt.getTime() - Date.now()) / 1000));
    throw new AppError("rate_limited", "Too many wrong codes", { retryAfterSeconds });
  }
  if (lane.kind === "network") await countStrangersCodeTry(userId);
  return factor;
}

/** Starts the lane's tries anew after the right code. */
async function forgetTries(tx: Tx, userId: string, lane: Lane): Promise<void> {
  await tx.codeTries.deleteMany({ where: { userId, lane: nameOf(lane) } });
}

/** As people paste them: with spaces or a hyphen in the middle. */
export const plainCode = (code: string) => code.replace(/[\s-]/g, "").toLowerCase();

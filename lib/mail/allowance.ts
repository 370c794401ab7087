import { AppError } from "#lib/errors/index.ts";
import { countCall, returnCall } from "#lib/rate-limit/index.ts";

/** Invitations go to people who did not ask for them, so one person may send ten an hour, of all kinds together. */
const allowance = {
  name: "invitationMail",
  limit: { most: 10, windowSeconds: 3600, per: "actor", isShared: true },
} as const;

/** Charges one invitation mail to the inviter. Returns null, or the seconds until the allowance has room again. */
export async function chargeInvitationMail(inviterId: string): Promise<number | null> {
  try {
    await countCall(allowance, inviterId);
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "rate_limited") throw error;
    return error.details.retryAfterSeconds ?? allowance.limit.windowSeconds;
  }
}

/**
 * As `chargeInvitationMail`, for somebody who waits for the answer: throws `rate_limited` with the seconds to wait. What is
 * charged is given back unless `work` tells that a mail goes out.
 */
export async function withInvitationMail<Result>(
  inviterId: string,
  work: () => Promise<Result>,
  isSent: (result: Result) => boolean,
): Promise<Result> {
  await countCall(allowance, inviterId);
  let isUsed = false;
  try {
    const result = await work();
    isUsed = isSent(result);
    return result;
  } finally {
    if (!isUsed) await returnCall(allowance, inviterId);
  }
}

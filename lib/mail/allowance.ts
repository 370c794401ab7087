import { AppError } from "#lib/errors/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";

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

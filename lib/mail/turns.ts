import { AppError } from "#lib/errors/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";

/** Invitations are mails to people who did not ask for them: so many an hour from one person, of whatever kind. */
const turns = {
  name: "invitationMail",
  limit: { most: 10, windowSeconds: 3600, per: "actor", isShared: true },
} as const;

/** Takes the inviter's turn for one more letter: null when it is theirs, else the seconds until it may be. */
export async function takeInvitationTurn(inviterId: string): Promise<number | null> {
  try {
    await countCall(turns, inviterId);
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "rate_limited") throw error;
    return error.details.retryAfterSeconds ?? turns.limit.windowSeconds;
  }
}

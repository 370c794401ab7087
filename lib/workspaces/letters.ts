import { system } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { sendWorkspaceInvitationMail } from "#lib/mail/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { joinUrl } from "./join-url.ts";

interface Letter {
  email: string;
  language: Locale;
  inviter_id: string | null;
  inviter_name: string;
  workspace_name: string;
}

/** Invitations are mails to people who did not ask for them: so many an hour from one person, the rest wait. */
const turns = {
  name: "invitationMail",
  limit: { most: 10, windowSeconds: 3600, per: "actor", isShared: true },
} as const;

/**
 * Sends the letter of an invitation into a workspace: "nothing" when none is due, or the seconds until the inviter may
 * send another. Throws when mail cannot be sent now. May run again.
 */
export async function sendWorkspaceLetter(
  invitationId: string,
): Promise<"sent" | "nothing" | { waitSeconds: number }> {
  const [due] = await transaction(
    system,
    (tx) => tx.$queryRaw<Letter[]>`SELECT * FROM app.workspace_letter(${invitationId}::uuid)`,
  );
  if (!due) return "nothing";
  try {
    if (due.inviter_id) await countCall(turns, due.inviter_id);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "rate_limited") throw error;
    return { waitSeconds: error.details.retryAfterSeconds ?? turns.limit.windowSeconds };
  }
  await sendWorkspaceInvitationMail({
    to: due.email,
    language: due.language,
    inviterName: due.inviter_name,
    workspaceName: due.workspace_name,
    url: joinUrl(),
  });
  await transaction(system, (tx) => tx.$executeRaw`SELECT app.workspace_letter_sent(${invitationId}::uuid)`);
  return "sent";
}

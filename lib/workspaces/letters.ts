import { system } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { sendWorkspaceInvitationMail, takeInvitationTurn } from "#lib/mail/index.ts";
import { joinUrl } from "./join-url.ts";

interface Letter {
  email: string;
  language: Locale;
  inviter_id: string | null;
  inviter_name: string;
  workspace_name: string;
}

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
  const waitSeconds = due.inviter_id && (await takeInvitationTurn(due.inviter_id));
  if (waitSeconds) return { waitSeconds };
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

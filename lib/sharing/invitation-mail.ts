import { system } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { sendInvitationMail, takeInvitationTurn } from "#lib/mail/index.ts";

interface Invited {
  email: string;
  language: Locale;
  inviter_id: string | null;
  inviter_name: string;
  collection_id: string | null;
  document_id: string | null;
  resource_name: string;
}

/**
 * Sends the mail of one grant or invitation: "nothing" when that has ended, or the seconds until the inviter may send another.
 * Throws when mail cannot be sent now. May run again.
 */
export async function sendInvitation(
  collaboratorId: string,
): Promise<"sent" | "nothing" | { waitSeconds: number }> {
  const [invited] = await transaction(
    system,
    (tx) => tx.$queryRaw<Invited[]>`SELECT * FROM app.invitation_letter(${collaboratorId}::uuid)`,
  );
  if (!invited) return "nothing";
  const waitSeconds = invited.inviter_id && (await takeInvitationTurn(invited.inviter_id));
  if (waitSeconds) return { waitSeconds };
  const page = invited.document_id
    ? `/documents/${invited.document_id}`
    : `/collections/${invited.collection_id}`;
  await sendInvitationMail({
    to: invited.email,
    language: invited.language,
    inviterName: invited.inviter_name,
    collectionName: invited.resource_name,
    isDocument: invited.document_id !== null,
    url: new URL(page, env.APP_URL).href,
  });
  return "sent";
}

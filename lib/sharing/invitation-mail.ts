import { system } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { type Locale } from "#lib/i18n/index.ts";
import { sendInvitationMail } from "#lib/mail/index.ts";

interface Invited {
  email: string;
  language: Locale;
  inviter_name: string;
  collection_id: string | null;
  document_id: string | null;
  resource_name: string;
}

/** Sends the mail of one grant or invitation: "nothing" when that has ended. Throws when mail cannot be sent now. */
export async function sendInvitation(collaboratorId: string): Promise<"sent" | "nothing"> {
  const [invited] = await transaction(
    system,
    (tx) => tx.$queryRaw<Invited[]>`SELECT * FROM app.invitation_letter(${collaboratorId}::uuid)`,
  );
  if (!invited) return "nothing";
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

import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { Prisma, read } from "#lib/db/index.ts";
import { locales } from "#lib/i18n/locales.ts";
import {
  chargeInvitationMail,
  isMailRefused,
  letter,
  quotable,
  quotableNote,
  sendMailOnce,
} from "#lib/mail/index.ts";
import { refusing, unsubscribing, wantsLetter } from "#lib/notifications/index.ts";
import { shared } from "./notifications.ts";

const invitedRow = z.object({
  user_id: z.string().nullable(),
  email: z.string(),
  language: z.enum(locales),
  inviter_id: z.string().nullable(),
  inviter_name: z.string(),
  collection_id: z.string().nullable(),
  document_id: z.string().nullable(),
  resource_name: z.string(),
  message: z.string().nullable(),
  is_awaited: z.boolean(),
});

/**
 * Sends the mail of one grant or invitation, once for each event that asks for it. "nothing" when that has ended, or its
 * reader wants none now; `waitSeconds` when the inviter's hourly
 * allowance is used up. Throws when mail cannot be sent now. May run again. A reminder was charged when it was asked for, and
 * goes to nobody who has been here since.
 */
export async function sendInvitation(
  collaboratorId: string,
  eventId: string,
  { isReminder = false } = {},
): Promise<"sent" | "nothing" | { waitSeconds: number }> {
  const [invited] = await read(
    system,
    invitedRow,
    Prisma.sql`SELECT * FROM app.invitation_letter(${collaboratorId}::uuid)`,
  );
  if (!invited || (isReminder && !invited.is_awaited)) return "nothing";
  const { user_id: userId, email, language, message } = invited;
  const isWanted = userId ? await wantsLetter(userId, shared) : !(await isMailRefused(email));
  if (!isWanted) return "nothing";
  const waitSeconds = !isReminder && invited.inviter_id && (await chargeInvitationMail(invited.inviter_id));
  if (waitSeconds) return { waitSeconds };
  await sendMailOnce(
    `invitation:${eventId}`,
    letter({
      to: email,
      language,
      kind: invited.document_id ? "documentInvitation" : "invitation",
      values: { inviter: invited.inviter_name, collection: invited.resource_name },
      blocks: message
        ? [{ is: "quote", text: quotableNote(message), by: quotable(invited.inviter_name) }]
        : [],
      path: invited.document_id
        ? `/documents/${invited.document_id}`
        : `/collections/${invited.collection_id}`,
      ...(userId ? unsubscribing(userId, shared.name, language) : refusing(email, language)),
    }),
  );
  return "sent";
}

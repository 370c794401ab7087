import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { Prisma, read, transaction } from "#lib/db/index.ts";
import { locales } from "#lib/i18n/locales.ts";
import { chargeInvitationMail, isMailRefused, letter, sendMailOnce } from "#lib/mail/index.ts";
import { refusing } from "#lib/notifications/index.ts";
import { JOIN_PATH } from "./join-url.ts";

const letterRow = z.object({
  email: z.string(),
  language: z.enum(locales),
  inviter_id: z.string().nullable(),
  inviter_name: z.string(),
  workspace_name: z.string(),
});

/**
 * Sends the mail of an invitation into a workspace, once for each event that asks for it. "nothing" when none is due, or the
 * address wants none; `waitSeconds` when the inviter's hourly
 * allowance is used up. Throws when mail cannot be sent now. May run again.
 */
export async function sendWorkspaceInvitation(
  invitationId: string,
  eventId: string,
): Promise<"sent" | "nothing" | { waitSeconds: number }> {
  const query = Prisma.sql`SELECT * FROM app.workspace_letter(${invitationId}::uuid)`;
  const [due] = await read(system, letterRow, query);
  if (!due || (await isMailRefused(due.email))) return "nothing";
  const waitSeconds = due.inviter_id && (await chargeInvitationMail(due.inviter_id));
  if (waitSeconds) return { waitSeconds };
  await sendMailOnce(
    `member:${eventId}`,
    letter({
      to: due.email,
      language: due.language,
      kind: "workspaceInvitation",
      values: { inviter: due.inviter_name, workspace: due.workspace_name },
      path: JOIN_PATH,
      ...refusing(due.email, due.language),
    }),
  );
  await transaction(system, (tx) => tx.$executeRaw`SELECT app.workspace_letter_sent(${invitationId}::uuid)`);
  return "sent";
}

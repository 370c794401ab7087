import { sendInvitation } from "#lib/sharing/letters.ts";
import { inngest } from "../client.ts";
import { eventSchemas } from "../events.ts";
import { sendQueuedMail } from "./queued-mail.ts";

/**
 * Mails an address what was shared with it, within the inviter's hourly allowance. A grant that was revoked meanwhile is
 * not mailed.
 */
export const sendInvitationMail = inngest.createFunction(
  {
    id: "send-invitation",
    retries: 6,
    idempotency: "event.data.collaboratorId",
    triggers: { event: "collaborator/added" },
  },
  async ({ event, step }) => {
    const { collaboratorId } = eventSchemas["collaborator/added"].parse(event.data);
    return sendQueuedMail(step, () => sendInvitation(collaboratorId, event.id ?? collaboratorId));
  },
);

/** Mails it again, to whoever has not been here since. */
export const sendInvitationAgain = inngest.createFunction(
  {
    id: "send-invitation-again",
    retries: 6,
    idempotency: "event.data.reminderId",
    triggers: { event: "collaborator/reminded" },
  },
  async ({ event, step }) => {
    const { collaboratorId, reminderId } = eventSchemas["collaborator/reminded"].parse(event.data);
    return sendQueuedMail(step, () => sendInvitation(collaboratorId, reminderId, { isReminder: true }));
  },
);

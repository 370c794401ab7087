import { sendInvitation } from "#lib/sharing/invitation-mail.ts";
import { inngest } from "../client.ts";
import { eventSchemas } from "../events.ts";
import { inTurn } from "./in-turn.ts";

/**
 * Tells an address what was shared with it. Letters over the inviter's hourly limit wait for the next hour. What was taken
 * back meanwhile is not mentioned.
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
    return inTurn(step, () => sendInvitation(collaboratorId));
  },
);

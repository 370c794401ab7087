import { sendWorkspaceInvitation } from "#lib/workspaces/letters.ts";
import { inngest } from "../client.ts";
import { eventSchemas } from "../events.ts";
import { sendQueuedMail } from "./queued-mail.ts";

/** Mails an address that a workspace invites it, within the inviter's hourly allowance. */
export const sendWorkspaceInvitationMail = inngest.createFunction(
  { id: "send-workspace-invitation", retries: 6, triggers: { event: "member/invited" } },
  async ({ event, step }) => {
    const { workspaceInvitationId } = eventSchemas["member/invited"].parse(event.data);
    return sendQueuedMail(step, () =>
      sendWorkspaceInvitation(workspaceInvitationId, event.id ?? workspaceInvitationId),
    );
  },
);

import { sendWorkspaceLetter } from "#lib/workspaces/letters.ts";
import { inngest } from "../client.ts";
import { eventSchemas } from "../events.ts";
import { inTurn } from "./in-turn.ts";

/** Tells an address that a workspace invites it. Letters over the inviter's hourly limit wait for the next hour. */
export const sendWorkspaceInvitation = inngest.createFunction(
  { id: "send-workspace-letter", retries: 6, triggers: { event: "member/invited" } },
  async ({ event, step }) => {
    const { workspaceInvitationId } = eventSchemas["member/invited"].parse(event.data);
    return inTurn(step, () => sendWorkspaceLetter(workspaceInvitationId));
  },
);

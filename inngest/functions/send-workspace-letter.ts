import { sendWorkspaceLetter } from "#lib/workspaces/letters.ts";
import { inngest } from "../client.ts";
import { eventSchemas } from "../events.ts";

/** More turns than fit into the days an invitation holds. */
const MOST_TURNS = 24 * 15;

/** Tells an address that a workspace invites it. Letters over the inviter's hourly limit wait for the next hour. */
export const sendWorkspaceInvitation = inngest.createFunction(
  { id: "send-workspace-letter", retries: 6, triggers: { event: "member/invited" } },
  async ({ event, step }) => {
    const { workspaceInvitationId } = eventSchemas["member/invited"].parse(event.data);
    for (let turn = 1; turn <= MOST_TURNS; turn++) {
      const outcome = await step.run(`mail-${turn}`, () => sendWorkspaceLetter(workspaceInvitationId));
      if (typeof outcome === "string") return outcome;
      await step.sleep(`turn-${turn}`, (outcome.waitSeconds + 1) * 1000);
    }
    return "nothing";
  },
);

import type { GetStepTools } from "inngest";
import type { inngest } from "../client.ts";

/** Hours a letter waits at most: as long as an invitation into a workspace holds, and 3,600 letters of one person. */
const MOST_TURNS = 24 * 15;

/** Sends a letter once its sender may send another: over an hourly limit it waits for a later hour. */
export async function inTurn(
  step: GetStepTools<typeof inngest>,
  send: () => Promise<"sent" | "nothing" | { waitSeconds: number }>,
): Promise<"sent" | "nothing"> {
  for (let turn = 1; turn <= MOST_TURNS; turn++) {
    const outcome = await step.run(`mail-${turn}`, send);
    if (typeof outcome === "string") return outcome;
    await step.sleep(`turn-${turn}`, (outcome.waitSeconds + 1) * 1000);
  }
  return "nothing";
}

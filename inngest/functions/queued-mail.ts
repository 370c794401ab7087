import type { GetStepTools } from "inngest";
import type { inngest } from "../client.ts";

/** 15 days of hourly tries: as long as an invitation into a workspace lasts. */
const MAX_TRIES = 24 * 15;

/** Sends a mail as soon as its sender's hourly allowance has room; until then the mail waits. */
export async function sendQueuedMail(
  step: GetStepTools<typeof inngest>,
  send: () => Promise<"sent" | "nothing" | { waitSeconds: number }>,
): Promise<"sent" | "nothing"> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const outcome = await step.run(`send-${attempt}`, send);
    if (typeof outcome === "string") return outcome;
    await step.sleep(`wait-${attempt}`, (outcome.waitSeconds + 1) * 1000);
  }
  return "nothing";
}

import { sweepExpired } from "#lib/accounts/index.ts";
import { inngest } from "../client.ts";

/** Once a day: removes sessions, tokens and other credentials that ended some time ago. */
export const sweepExpiredCredentials = inngest.createFunction(
  { id: "sweep-expired-credentials", retries: 2, triggers: { cron: "43 3 * * *" } },
  async ({ step }) => step.run("expired", () => sweepExpired()),
);

import { sweepAccessRequests } from "#lib/access-requests/index.ts";
import { inngest } from "../client.ts";

/** Once a day: removes requests for access that were made two months ago. */
export const sweepRequests = inngest.createFunction(
  { id: "sweep-access-requests", retries: 2, triggers: { cron: "29 3 * * *" } },
  async ({ step }) => step.run("requests", () => sweepAccessRequests()),
);

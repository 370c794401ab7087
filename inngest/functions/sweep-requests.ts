import { sweepAccessRequests } from "#lib/access-requests/index.ts";
import { sweepTransfers } from "#lib/ownership/index.ts";
import { inngest } from "../client.ts";

/** Once a day: removes requests for access, and offers of collections, that were made two months ago. */
export const sweepRequests = inngest.createFunction(
  { id: "sweep-access-requests", retries: 2, triggers: { cron: "29 3 * * *" } },
  async ({ step }) => ({
    requests: await step.run("requests", () => sweepAccessRequests()),
    transfers: await step.run("transfers", () => sweepTransfers()),
  }),
);

import { configuredKeys, mailCheckpoints, publishCheckpoints } from "#lib/audit/index.ts";
import { inngest } from "../client.ts";

/** Every hour: signs how far the audit log is, and lays a copy into the object store. */
export const publishAuditCheckpoints = inngest.createFunction(
  { id: "publish-audit-checkpoints", retries: 3, triggers: { cron: "7 * * * *" } },
  async ({ step }) =>
    step.run("publish", () => {
      const keys = configuredKeys();
      return keys ? publishCheckpoints(keys) : 0;
    }),
);

/** Once a day: mails what was signed to those who administer what it is of. */
export const mailAuditCheckpoints = inngest.createFunction(
  { id: "mail-audit-checkpoints", retries: 1, triggers: { cron: "11 6 * * *" } },
  async ({ step }) =>
    step.run("mail", () => {
      const keys = configuredKeys();
      return keys ? mailCheckpoints(keys) : 0;
    }),
);

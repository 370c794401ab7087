import { removeDoomedObjects, removeOrphanedObjects, sweepAbandonedUploads } from "#lib/uploads/index.ts";
import { inngest } from "../client.ts";

/** Every half hour: uploads never confirmed within an hour, then the objects nothing uses any more. */
export const sweepUploads = inngest.createFunction(
  { id: "sweep-abandoned-uploads", retries: 2, triggers: { cron: "*/30 * * * *" } },
  async ({ step }) => {
    const uploads = await step.run("uploads", () => sweepAbandonedUploads());
    const objects = await step.run("objects", () => removeDoomedObjects());
    return { uploads, objects };
  },
);

/** Once a day: objects in the store that no row knows. */
export const sweepOrphans = inngest.createFunction(
  { id: "sweep-orphaned-objects", retries: 2, triggers: { cron: "17 3 * * *" } },
  async ({ step }) => step.run("orphans", () => removeOrphanedObjects()),
);

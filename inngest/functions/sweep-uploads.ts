import { removeDoomedObjects, removeOrphanedObjects, sweepAbandonedUploads } from "#lib/uploads/index.ts";
import { inngest } from "../client.ts";

/** Every half hour: removes uploads that were not confirmed within an hour, then objects that nothing uses any more. */
export const sweepUploads = inngest.createFunction(
  { id: "sweep-abandoned-uploads", retries: 2, triggers: { cron: "*/30 * * * *" } },
  async ({ step }) => {
    const uploads = await step.run("uploads", () => sweepAbandonedUploads());
    const objects = await step.run("objects", () => removeDoomedObjects());
    return { uploads, objects };
  },
);

/** Once a day: removes objects in the store that no row names. */
export const sweepOrphans = inngest.createFunction(
  { id: "sweep-orphaned-objects", retries: 2, triggers: { cron: "17 3 * * *" } },
  async ({ step }) => step.run("orphans", () => removeOrphanedObjects()),
);

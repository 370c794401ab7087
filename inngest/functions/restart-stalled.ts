import { findStalledDocuments } from "#lib/documents/processing.ts";
import { env } from "#lib/env/index.ts";
import { inngest } from "../client.ts";

/** Every ten minutes: restarts jobs whose process died without reporting. */
export const restartStalled = inngest.createFunction(
  { id: "restart-stalled-documents", retries: 2, triggers: { cron: "*/10 * * * *" } },
  async ({ step }) => {
    const silentSeconds = env.PDF_TIMEOUT_SECONDS + 300;
    const ids = await step.run("find", () => findStalledDocuments(silentSeconds));
    if (ids.length > 0) {
      await step.sendEvent(
        "restart",
        ids.map((documentId) => ({ name: "document/uploaded", data: { documentId } })),
      );
    }
    return { restarted: ids.length };
  },
);

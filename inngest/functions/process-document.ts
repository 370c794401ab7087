import { giveUpProcessing, processUploadedDocument } from "#lib/documents/processing.ts";
import { inngest } from "../client.ts";
import { eventSchemas } from "../events.ts";

/** Reads page count, text and thumbnail of an uploaded document. Two at a time, because each may use a gigabyte. */
export const processDocument = inngest.createFunction(
  {
    id: "process-document",
    retries: 3,
    concurrency: { limit: 2 },
    triggers: { event: "document/uploaded" },
    onFailure: async ({ event, step }) => {
      const { documentId } = eventSchemas["document/uploaded"].parse(event.data.event.data);
      await step.run("give-up", () => giveUpProcessing(documentId));
    },
  },
  async ({ event, step }) => {
    const { documentId } = eventSchemas["document/uploaded"].parse(event.data);
    return step.run("process", () => processUploadedDocument(documentId));
  },
);

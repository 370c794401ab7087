import { z } from "zod";
import { Prisma } from "#lib/db/index.ts";
import { kind } from "#lib/notifications/kind.ts";

const document = z.object({ documentId: z.uuid() }).loose();
const topic = "documents";

/** New documents of one collection come together, and are not told again when they are processed again. */
export const documentsAdded = kind({
  ...{ name: "documentsAdded", topic, event: "document/uploaded", data: document, mail: "daily" },
  mailAfterSeconds: 300,
  source: ({ documentId }) => `added:${String(documentId)}`,
  recipients: (data) => Prisma.sql`app.document_added_recipients(${data}::jsonb)`,
});

export const processingFailed = kind({
  ...{ name: "processingFailed", topic, event: "document/processed", data: document, mail: "never" },
  recipients: (data) => Prisma.sql`app.processing_failed_recipients(${data}::jsonb)`,
});

import * as api from "#lib/documents/api.ts";
import { listRecentDocuments } from "#lib/documents/index.ts";
import { recentDocumentListSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  api.listRecentDocuments,
  { answers: { 200: recentDocumentListSchema } },
  async ({ actor }) => ({ body: await listRecentDocuments(actor) }),
);

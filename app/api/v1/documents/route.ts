import * as api from "#lib/documents/api.ts";
import { listDocuments } from "#lib/documents/index.ts";
import { documentListSchema, listDocumentsSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  api.listDocuments,
  { query: listDocumentsSchema, answers: { 200: documentListSchema } },
  async ({ actor, query }) => ({ body: await listDocuments(actor, query) }),
);

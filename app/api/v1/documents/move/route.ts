import * as api from "#lib/documents/api.ts";
import { moveDocuments } from "#lib/documents/index.ts";
import { moveDocumentsSchema, moveOutcomeSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.moveDocuments,
  { body: moveDocumentsSchema, answers: { 200: moveOutcomeSchema } },
  async ({ actor, body }) => ({ body: await moveDocuments(actor, body) }),
);

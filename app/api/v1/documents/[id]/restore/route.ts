import * as api from "#lib/documents/api.ts";
import { restoreDocument } from "#lib/documents/index.ts";
import { documentViewSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const POST = route(
  api.restoreDocument,
  { params: idParams, answers: { 200: documentViewSchema } },
  async ({ actor, params }) => ({ body: await restoreDocument(actor, params.id) }),
);

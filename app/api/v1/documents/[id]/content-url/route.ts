import * as api from "#lib/documents/api.ts";
import { getContentUrl } from "#lib/documents/index.ts";
import { contentUrlSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  api.getContentUrl,
  { params: idParams, answers: { 200: contentUrlSchema } },
  async ({ actor, params }) => ({ body: await getContentUrl(actor, params.id, "inline") }),
);

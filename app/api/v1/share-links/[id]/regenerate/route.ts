import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/links/api.ts";
import { regenerateLink } from "#lib/links/index.ts";
import { madeLinkSchema } from "#lib/links/schema.ts";

export const POST = route(
  api.regenerateLink,
  { params: idParams, answers: { 200: madeLinkSchema } },
  async ({ actor, params }) => ({ body: await regenerateLink(actor, params.id) }),
);

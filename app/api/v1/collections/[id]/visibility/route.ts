import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/sharing/api.ts";
import { getVisibility, setVisibility } from "#lib/sharing/index.ts";
import { setVisibilitySchema, visibilityViewSchema } from "#lib/sharing/schema.ts";

export const GET = route(
  api.getVisibility,
  { params: idParams, answers: { 200: visibilityViewSchema } },
  async ({ actor, params }) => ({ body: await getVisibility(actor, params.id) }),
);

export const PUT = route(
  api.setVisibility,
  { params: idParams, body: setVisibilitySchema, answers: { 200: visibilityViewSchema } },
  async ({ actor, params, body }) => ({ body: await setVisibility(actor, params.id, body) }),
);

import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/sharing/api.ts";
import { setAccessMode } from "#lib/sharing/index.ts";
import { setAccessModeSchema } from "#lib/sharing/schema.ts";

export const PUT = route(
  api.setAccessMode,
  { params: idParams, body: setAccessModeSchema, answers: { 200: setAccessModeSchema } },
  async ({ actor, params, body }) => ({ body: await setAccessMode(actor, params.id, body.mode) }),
);

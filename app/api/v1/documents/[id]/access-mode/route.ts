import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { setAccessMode } from "#lib/sharing/index.ts";
import { setAccessModeSchema } from "#lib/sharing/schema.ts";

export const PUT = route(
  {
    method: "PUT",
    path: "/api/v1/documents/{id}/access-mode",
    summary: "Where the document takes its people from; private only by its owner",
    auth: "user",
    rate: "write",
    params: idParams,
    body: setAccessModeSchema,
    answers: { 200: setAccessModeSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params, body }) => ({ body: await setAccessMode(actor, params.id, body.mode) }),
);

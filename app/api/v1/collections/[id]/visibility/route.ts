import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { setVisibility } from "#lib/sharing/index.ts";
import { setVisibilitySchema, visibilityViewSchema } from "#lib/sharing/schema.ts";

export const PUT = route(
  {
    method: "PUT",
    path: "/api/v1/collections/{id}/visibility",
    summary: "Open the collection to nobody else, its workspace or everyone; its owner also protects it",
    auth: "user",
    rate: "write",
    params: idParams,
    body: setVisibilitySchema,
    answers: { 200: visibilityViewSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, params, body }) => ({ body: await setVisibility(actor, params.id, body) }),
);

import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { getVisibility, setVisibility } from "#lib/sharing/index.ts";
import { setVisibilitySchema, visibilityViewSchema } from "#lib/sharing/schema.ts";

const path = "/api/v1/collections/{id}/visibility";

export const GET = route(
  {
    method: "GET",
    path,
    summary: "How far a collection is open, and whether it is protected",
    auth: "user",
    rate: "read",
    params: idParams,
    answers: { 200: visibilityViewSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, params }) => ({ body: await getVisibility(actor, params.id) }),
);

export const PUT = route(
  {
    method: "PUT",
    path,
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

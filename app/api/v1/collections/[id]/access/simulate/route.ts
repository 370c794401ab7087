import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { simulateSchema, simulationSchema } from "#lib/sharing/access-schema.ts";
import { simulateRemoval } from "#lib/sharing/index.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/collections/{id}/access/simulate",
    summary:
      "Who would lose what if a grant, or a person's place in a group, were taken away; changes nothing",
    auth: "user",
    rate: "read",
    params: idParams,
    body: simulateSchema,
    answers: { 200: simulationSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params, body }) => ({
    body: await simulateRemoval(actor, { type: "collection", id: params.id }, body),
  }),
);

import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { simulateOnDocumentSchema, simulationSchema } from "#lib/sharing/access-schema.ts";
import { simulateRemoval } from "#lib/sharing/index.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/documents/{id}/access/simulate",
    summary:
      "Who would lose what if a grant, or a person's place in a group, were taken away, or another access mode chosen; changes nothing",
    auth: "user",
    rate: "read",
    params: idParams,
    body: simulateOnDocumentSchema,
    answers: { 200: simulationSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params, body }) => ({
    body: await simulateRemoval(actor, { type: "document", id: params.id }, body),
  }),
);

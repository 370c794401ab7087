import { listReach } from "#lib/groups/index.ts";
import { pageQuerySchema, reachListSchema } from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/groups/{id}/reach",
    summary: "What the people of a group can reach through it, with the group above that holds each grant",
    auth: "user",
    rate: "read",
    params: idParams,
    query: pageQuerySchema,
    answers: { 200: reachListSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, params, query }) => ({ body: await listReach(actor, params.id, query) }),
);

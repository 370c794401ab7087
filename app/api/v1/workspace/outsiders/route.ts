import { route } from "#lib/http/route.ts";
import { listOutsiders } from "#lib/workspaces/index.ts";
import { listPeopleSchema, outsiderListSchema } from "#lib/workspaces/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/workspace/outsiders",
    summary:
      "Guests, people of other workspaces and invited addresses with access here; workspace admins only",
    auth: "user",
    rate: "read",
    query: listPeopleSchema,
    answers: { 200: outsiderListSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, query }) => ({ body: await listOutsiders(actor, query) }),
);

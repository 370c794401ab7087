import { route } from "#lib/http/route.ts";
import { listPeople } from "#lib/workspaces/index.ts";
import { listPeopleSchema, memberListSchema } from "#lib/workspaces/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/workspace/members",
    summary: "Members of the workspace by name",
    auth: "user",
    rate: "read",
    query: listPeopleSchema,
    answers: { 200: memberListSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, query }) => ({ body: await listPeople(actor, query) }),
);

import { createGroup, listGroups } from "#lib/groups/index.ts";
import { createGroupSchema, groupListSchema, groupViewSchema, listGroupsSchema } from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";

const path = "/api/v1/groups";

export const GET = route(
  {
    method: "GET",
    path,
    summary: "Groups of the workspace by name",
    auth: "user",
    rate: "read",
    query: listGroupsSchema,
    answers: { 200: groupListSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, query }) => ({ body: await listGroups(actor, query) }),
);

export const POST = route(
  {
    method: "POST",
    path,
    summary: "Make a group; workspace admins only",
    auth: "user",
    rate: "write",
    body: createGroupSchema,
    answers: { 201: groupViewSchema },
    refusals: ["forbidden", "conflict"],
  },
  async ({ actor, body }) => ({ status: 201, body: await createGroup(actor, body) }),
);

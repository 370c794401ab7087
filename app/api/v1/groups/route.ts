import * as api from "#lib/groups/api.ts";
import { createGroup, listGroups } from "#lib/groups/index.ts";
import { createGroupSchema, groupListSchema, groupViewSchema, listGroupsSchema } from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  api.listGroups,
  { query: listGroupsSchema, answers: { 200: groupListSchema } },
  async ({ actor, query }) => ({ body: await listGroups(actor, query) }),
);

export const POST = route(
  api.createGroup,
  { body: createGroupSchema, answers: { 201: groupViewSchema } },
  async ({ actor, body }) => ({ status: 201, body: await createGroup(actor, body) }),
);

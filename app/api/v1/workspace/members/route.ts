import { route } from "#lib/http/route.ts";
import * as api from "#lib/workspaces/api.ts";
import { listPeople } from "#lib/workspaces/index.ts";
import { listPeopleSchema, memberListSchema } from "#lib/workspaces/schema.ts";

export const GET = route(
  api.listPeople,
  { query: listPeopleSchema, answers: { 200: memberListSchema } },
  async ({ actor, query }) => ({ body: await listPeople(actor, query) }),
);

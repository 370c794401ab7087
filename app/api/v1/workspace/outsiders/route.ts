import { route } from "#lib/http/route.ts";
import * as api from "#lib/workspaces/api.ts";
import { listOutsiders } from "#lib/workspaces/index.ts";
import { listPeopleSchema, outsiderListSchema } from "#lib/workspaces/schema.ts";

export const GET = route(
  api.listOutsiders,
  { query: listPeopleSchema, answers: { 200: outsiderListSchema } },
  async ({ actor, query }) => ({ body: await listOutsiders(actor, query) }),
);

import * as api from "#lib/groups/api.ts";
import { listReach } from "#lib/groups/index.ts";
import { pageQuerySchema, reachListSchema } from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  api.listReach,
  { params: idParams, query: pageQuerySchema, answers: { 200: reachListSchema } },
  async ({ actor, params, query }) => ({ body: await listReach(actor, params.id, query) }),
);

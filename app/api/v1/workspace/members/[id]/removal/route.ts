import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/workspaces/api.ts";
import { getRemoval } from "#lib/workspaces/index.ts";
import { removalSchema } from "#lib/workspaces/schema.ts";

export const GET = route(
  api.getRemoval,
  { params: idParams, answers: { 200: removalSchema } },
  async ({ actor, params }) => ({ body: await getRemoval(actor, params.id) }),
);

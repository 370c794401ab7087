import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/ownership/api.ts";
import { listPossibleOwners } from "#lib/ownership/index.ts";
import { listPossibleOwnersSchema, possibleOwnersSchema } from "#lib/ownership/schema.ts";

export const GET = route(
  api.listPossibleOwners,
  { params: idParams, query: listPossibleOwnersSchema, answers: { 200: possibleOwnersSchema } },
  async ({ actor, params, query }) => ({ body: await listPossibleOwners(actor, params.id, query) }),
);

import * as api from "#lib/groups/api.ts";
import { listNested, nestGroup } from "#lib/groups/index.ts";
import { nestedListSchema, nestGroupSchema } from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  api.listNested,
  { params: idParams, answers: { 200: nestedListSchema } },
  async ({ actor, params }) => ({ body: await listNested(actor, params.id) }),
);

export const POST = route(
  api.nestGroup,
  { params: idParams, body: nestGroupSchema, answers: { 204: null } },
  async ({ actor, params, body }) => {
    await nestGroup(actor, params.id, body.groupId);
    return { status: 204 };
  },
);

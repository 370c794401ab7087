import * as api from "#lib/groups/api.ts";
import { deleteGroup, getGroup, updateGroup } from "#lib/groups/index.ts";
import { groupDetailSchema, groupViewSchema, updateGroupSchema } from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  api.getGroup,
  { params: idParams, answers: { 200: groupDetailSchema } },
  async ({ actor, params }) => ({ body: await getGroup(actor, params.id) }),
);

export const PATCH = route(
  api.updateGroup,
  { params: idParams, body: updateGroupSchema, answers: { 200: groupViewSchema } },
  async ({ actor, params, body }) => ({ body: await updateGroup(actor, params.id, body) }),
);

export const DELETE = route(
  api.deleteGroup,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await deleteGroup(actor, params.id);
    return { status: 204 };
  },
);

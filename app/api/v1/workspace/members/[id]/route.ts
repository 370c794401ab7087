import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/workspaces/api.ts";
import { removeMember, updateMember } from "#lib/workspaces/index.ts";
import { memberSchema, updateMemberSchema } from "#lib/workspaces/schema.ts";

export const PATCH = route(
  api.updateMember,
  { params: idParams, body: updateMemberSchema, answers: { 200: memberSchema } },
  async ({ actor, params, body }) => ({ body: await updateMember(actor, params.id, body) }),
);

export const DELETE = route(
  api.removeMember,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await removeMember(actor, params.id);
    return { status: 204 };
  },
);

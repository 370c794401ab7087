import * as api from "#lib/groups/api.ts";
import { addMembers, listMembers, removeMembers } from "#lib/groups/index.ts";
import {
  changedMembersSchema,
  groupMemberListSchema,
  listGroupMembersSchema,
  peopleSchema,
} from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  api.listMembers,
  { params: idParams, query: listGroupMembersSchema, answers: { 200: groupMemberListSchema } },
  async ({ actor, params, query }) => ({ body: await listMembers(actor, params.id, query) }),
);

export const POST = route(
  api.addMembers,
  { params: idParams, body: peopleSchema, answers: { 200: changedMembersSchema } },
  async ({ actor, params, body }) => ({ body: await addMembers(actor, params.id, body) }),
);

export const DELETE = route(
  api.removeMembers,
  { params: idParams, body: peopleSchema, answers: { 200: changedMembersSchema } },
  async ({ actor, params, body }) => ({ body: await removeMembers(actor, params.id, body) }),
);

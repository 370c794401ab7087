import { addMembers, listMembers, removeMembers } from "#lib/groups/index.ts";
import {
  changedMembersSchema,
  groupMemberListSchema,
  listGroupMembersSchema,
  peopleSchema,
} from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

const path = "/api/v1/groups/{id}/members";

export const GET = route(
  {
    method: "GET",
    path,
    summary: "People who are in a group themselves, by name, or by a part of name or address",
    auth: "user",
    rate: "read",
    params: idParams,
    query: listGroupMembersSchema,
    answers: { 200: groupMemberListSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, params, query }) => ({ body: await listMembers(actor, params.id, query) }),
);

export const POST = route(
  {
    method: "POST",
    path,
    summary:
      "Add up to 500 people of the workspace; says who could not be added and why; workspace admins only",
    auth: "user",
    rate: "write",
    params: idParams,
    body: peopleSchema,
    answers: { 200: changedMembersSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, params, body }) => ({ body: await addMembers(actor, params.id, body) }),
);

export const DELETE = route(
  {
    method: "DELETE",
    path,
    summary: "Take up to 500 people out; workspace admins only",
    auth: "user",
    rate: "write",
    params: idParams,
    body: peopleSchema,
    answers: { 200: changedMembersSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, params, body }) => ({ body: await removeMembers(actor, params.id, body) }),
);

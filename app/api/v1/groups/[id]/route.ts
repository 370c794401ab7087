import { deleteGroup, getGroup, updateGroup } from "#lib/groups/index.ts";
import { groupDetailSchema, groupViewSchema, updateGroupSchema } from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

const path = "/api/v1/groups/{id}";

export const GET = route(
  {
    method: "GET",
    path,
    summary: "A group with the groups in it and around it",
    auth: "user",
    rate: "read",
    params: idParams,
    answers: { 200: groupDetailSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, params }) => ({ body: await getGroup(actor, params.id) }),
);

export const PATCH = route(
  {
    method: "PATCH",
    path,
    summary: "Rename or describe; workspace admins only",
    auth: "user",
    rate: "write",
    params: idParams,
    body: updateGroupSchema,
    answers: { 200: groupViewSchema },
    refusals: ["forbidden", "conflict"],
  },
  async ({ actor, params, body }) => ({ body: await updateGroup(actor, params.id, body) }),
);

export const DELETE = route(
  {
    method: "DELETE",
    path,
    summary: "End a group and what it was granted; workspace admins only",
    auth: "user",
    rate: "write",
    params: idParams,
    answers: { 204: null },
    refusals: ["forbidden"],
  },
  async ({ actor, params }) => {
    await deleteGroup(actor, params.id);
    return { status: 204 };
  },
);

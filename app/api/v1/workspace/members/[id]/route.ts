import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { removeMember, updateMember } from "#lib/workspaces/index.ts";
import { memberSchema, updateMemberSchema } from "#lib/workspaces/schema.ts";

const path = "/api/v1/workspace/members/{id}";

export const PATCH = route(
  {
    method: "PATCH",
    path,
    summary: "Change a member's role, suspend them or bring them back; workspace admins only",
    auth: "user",
    rate: "write",
    params: idParams,
    body: updateMemberSchema,
    answers: { 200: memberSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params, body }) => ({ body: await updateMember(actor, params.id, body) }),
);

export const DELETE = route(
  {
    method: "DELETE",
    path,
    summary: "Remove a member, or leave the workspace; they go on in a workspace of their own",
    auth: "user",
    rate: "write",
    params: idParams,
    answers: { 204: null },
    refusals: ["forbidden", "not_found", "conflict"],
  },
  async ({ actor, params }) => {
    await removeMember(actor, params.id);
    return { status: 204 };
  },
);

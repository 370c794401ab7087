import { unnestGroup } from "#lib/groups/index.ts";
import { nestedParams } from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";

export const DELETE = route(
  {
    method: "DELETE",
    path: "/api/v1/groups/{id}/nested/{childId}",
    summary: "Take a group out of a group; workspace admins only",
    auth: "user",
    rate: "write",
    params: nestedParams,
    answers: { 204: null },
    refusals: ["forbidden"],
  },
  async ({ actor, params }) => {
    await unnestGroup(actor, params.id, params.childId);
    return { status: 204 };
  },
);

import { listNested, nestGroup } from "#lib/groups/index.ts";
import { nestedListSchema, nestGroupSchema } from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

const path = "/api/v1/groups/{id}/nested";

export const GET = route(
  {
    method: "GET",
    path,
    summary: "The groups in a group, by name",
    auth: "user",
    rate: "read",
    params: idParams,
    answers: { 200: nestedListSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, params }) => ({ body: await listNested(actor, params.id) }),
);

export const POST = route(
  {
    method: "POST",
    path,
    summary: "Put a group into a group; one that would contain itself is refused; workspace admins only",
    auth: "user",
    rate: "write",
    params: idParams,
    body: nestGroupSchema,
    answers: { 204: null },
    refusals: ["forbidden", "conflict"],
  },
  async ({ actor, params, body }) => {
    await nestGroup(actor, params.id, body.groupId);
    return { status: 204 };
  },
);

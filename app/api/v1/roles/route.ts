import { route } from "#lib/http/route.ts";
import { createRole, listRoles } from "#lib/roles/index.ts";
import { createRoleSchema, roleListSchema, roleViewSchema } from "#lib/roles/schema.ts";

const path = "/api/v1/roles";

export const GET = route(
  {
    method: "GET",
    path,
    summary: "The roles that can be given: built-in ones and the workspace's own",
    auth: "user",
    rate: "read",
    answers: { 200: roleListSchema },
  },
  async ({ actor }) => ({ body: await listRoles(actor) }),
);

export const POST = route(
  {
    method: "POST",
    path,
    summary: "Make a custom role; at most ten in a workspace",
    auth: "user",
    rate: "write",
    body: createRoleSchema,
    answers: { 201: roleViewSchema },
    refusals: ["forbidden", "conflict", "quota_exceeded"],
  },
  async ({ actor, body }) => ({ status: 201, body: await createRole(actor, body) }),
);

import { route } from "#lib/http/route.ts";
import * as api from "#lib/roles/api.ts";
import { createRole, listRoles } from "#lib/roles/index.ts";
import { createRoleSchema, roleListSchema, roleViewSchema } from "#lib/roles/schema.ts";

export const GET = route(api.listRoles, { answers: { 200: roleListSchema } }, async ({ actor }) => ({
  body: await listRoles(actor),
}));

export const POST = route(
  api.createRole,
  { body: createRoleSchema, answers: { 201: roleViewSchema } },
  async ({ actor, body }) => ({ status: 201, body: await createRole(actor, body) }),
);

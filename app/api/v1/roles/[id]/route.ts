import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/roles/api.ts";
import { deleteRole, updateRole } from "#lib/roles/index.ts";
import { deleteRoleSchema, roleViewSchema, updateRoleSchema, deletedRoleSchema } from "#lib/roles/schema.ts";

export const PATCH = route(
  api.updateRole,
  { params: idParams, body: updateRoleSchema, answers: { 200: roleViewSchema } },
  async ({ actor, params, body }) => ({ body: await updateRole(actor, params.id, body) }),
);

export const DELETE = route(
  api.deleteRole,
  { params: idParams, query: deleteRoleSchema, answers: { 200: deletedRoleSchema } },
  async ({ actor, params, query }) => ({ body: await deleteRole(actor, params.id, query.moveTo) }),
);

import { z } from "zod";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { deleteRole, updateRole } from "#lib/roles/index.ts";
import { deleteRoleSchema, roleViewSchema, updateRoleSchema } from "#lib/roles/schema.ts";

const path = "/api/v1/roles/{id}";

export const PATCH = route(
  {
    method: "PATCH",
    path,
    summary: "Rename, describe or pick other permissions, at once for everyone who has the role",
    auth: "user",
    rate: "write",
    params: idParams,
    body: updateRoleSchema,
    answers: { 200: roleViewSchema },
    refusals: ["forbidden", "not_found", "conflict"],
  },
  async ({ actor, params, body }) => ({ body: await updateRole(actor, params.id, body) }),
);

export const DELETE = route(
  {
    method: "DELETE",
    path,
    summary: "Delete a custom role; one in use only by moving its grants to another",
    auth: "user",
    rate: "write",
    params: idParams,
    query: deleteRoleSchema,
    answers: { 200: z.object({ moved: z.int() }) },
    refusals: ["forbidden", "not_found", "conflict"],
  },
  async ({ actor, params, query }) => ({ body: await deleteRole(actor, params.id, query.moveTo) }),
);

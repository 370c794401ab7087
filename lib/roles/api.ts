import { operation } from "#lib/http/operation.ts";
import type * as http from "#lib/http/schema.ts";
import type * as schema from "./schema.ts";

export const listRoles = operation<{ answers: { 200: typeof schema.roleListSchema } }>()({
  method: "GET",
  path: "/api/v1/roles",
  summary: "The roles that can be given: built-in ones and the workspace's own",
  auth: "user",
  rate: "read",
});

export const createRole = operation<{
  body: typeof schema.createRoleSchema;
  answers: { 201: typeof schema.roleViewSchema };
}>()({
  method: "POST",
  path: "/api/v1/roles",
  summary: "Make a custom role; at most ten in a workspace",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden", "conflict", "quota_exceeded"],
});

export const updateRole = operation<{
  params: typeof http.idParams;
  body: typeof schema.updateRoleSchema;
  answers: { 200: typeof schema.roleViewSchema };
}>()({
  method: "PATCH",
  path: "/api/v1/roles/{id}",
  summary: "Rename, describe or pick other permissions, at once for everyone who has the role",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden", "not_found", "conflict"],
});

export const deleteRole = operation<{
  params: typeof http.idParams;
  query: typeof schema.deleteRoleSchema;
  answers: { 200: typeof schema.deletedRoleSchema };
}>()({
  method: "DELETE",
  path: "/api/v1/roles/{id}",
  summary: "Delete a custom role; one in use only by moving its grants to another",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden", "not_found", "conflict"],
});

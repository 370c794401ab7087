import { randomUUID } from "node:crypto";
import type { Domain } from "../domain.ts";
import { ADMINS_ONLY, adminsOf, adminsOnly, everybody, isAdmin, type OtherOperation } from "../others.ts";
import type { PersonaName } from "../rules.ts";
import { makeEmptyCollection } from "../world/collections.ts";
import { rowId, someAddress } from "../world/rows.ts";
import type { World } from "../world/world.ts";

const role = "/api/v1/roles/{id}";
const makeRole = (world: World, where: keyof World["workspaces"], ended = false) =>
  rowId(
    world,
    "INSERT INTO roles (workspace_id, name, mask, deleted_at) VALUES ($1, $2, 1, CASE WHEN $3 THEN now() END)",
    [world.workspaces[where], randomUUID(), ended],
  );
const roleStates = {
  // a workspace has few roles of its own: whoever may do nothing with one may do nothing with this
  live: (world: World, who: PersonaName) =>
    isAdmin(who) ? makeRole(world, "home") : Promise.resolve(world.roleIds.curator),
  "of another workspace": (world: World) => makeRole(world, "away"),
  deleted: (world: World) => makeRole(world, "home", true),
  "built in": async ({ roleIds }: World) => roleIds.viewer,
};
const inUse = async (world: World, who: PersonaName) => {
  if (!isAdmin(who)) return world.roleIds.curator;
  const role = await makeRole(world, "home");
  await rowId(
    world,
    "INSERT INTO invitations (email, email_normalized, collection_id, role_id) VALUES ($1, $1, $2, $3)",
    [someAddress(), await makeEmptyCollection(world), role],
  );
  return role;
};
/** Nobody widens what others gave, by changing a role or by moving them to another. */
const widening: OtherOperation[] = [
  {
    ...adminsOf(`PATCH ${role}`, { live: 200, "in use": 403 }, { live: roleStates.live, "in use": inUse }),
    ...{ as: "to more permissions", parts: () => ({ body: { permissions: ["manage_permissions"] } }) },
    says: (who, state) =>
      isAdmin(who) && state === "in use" ? "where you can’t give these permissions yourself" : ADMINS_ONLY,
  },
  {
    ...adminsOf(`DELETE ${role}`, { live: 200, "in use": 403 }, { live: roleStates.live, "in use": inUse }),
    ...{ as: "to a role with more", parts: ({ roleIds }) => ({ query: `?moveTo=${roleIds.owner}` }) },
    says: (who, state) =>
      isAdmin(who) && state === "in use" ? "where you can’t give that yourself" : ADMINS_ONLY,
  },
];

export const roles: Domain = {
  scopes: { read: "GET /roles", admin: "POST /roles  PATCH /roles/{id}  DELETE /roles/{id}" },
  others: [
    { route: "GET /api/v1/roles", answers: everybody },
    {
      ...{ route: "POST /api/v1/roles", ...adminsOnly(201) },
      parts: () => ({ body: { name: randomUUID(), permissions: ["view_documents"] } }),
    },
    adminsOf(`PATCH ${role}`, { live: 200 }, roleStates, {
      body: { description: "Changed" },
      tells: (_, __, id) => ({
        id,
        description: "Changed",
        permissions: ["view_documents"],
        isBuiltIn: false,
      }),
    }),
    adminsOf(`DELETE ${role}`, { live: 200 }, roleStates, { tells: () => ({ moved: 0 }) }),
    ...widening,
  ],
};

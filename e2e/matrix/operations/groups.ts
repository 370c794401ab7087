import { randomUUID } from "node:crypto";
import type { Domain } from "../domain.ts";
import {
  ADMINS_ONLY,
  adminsOnly,
  isAdmin,
  isGuest,
  membersOnly,
  type Nested,
  type OtherOperation,
} from "../others.ts";
import type { Pattern } from "../pattern.ts";
import { type PersonaName, personas } from "../rules.ts";
import { makeEmptyCollection } from "../world/collections.ts";
import { makeGroup, rowId } from "../world/rows.ts";
import type { World } from "../world/world.ts";

const NO_SUCH_GROUP = "This group does not exist, or it is not in your workspace.";
const group = "/api/v1/groups/{id}";
const groupStates = {
  live: ({ product, workspaces }: World) => makeGroup(product, workspaces.home),
  "of another workspace": ({ product, workspaces }: World) => makeGroup(product, workspaces.away),
  deleted: ({ product, workspaces }: World) => makeGroup(product, workspaces.home, { isDeleted: true }),
};
const seesGroup = (who: PersonaName, state: string) =>
  !isGuest(who) && state === (personas[who].workspace === "home" ? "live" : "of another workspace");
const looksAtGroup = (who: PersonaName, state: string) => (seesGroup(who, state) ? 200 : "unseen");
const changesGroup =
  (status = 200) =>
  (who: PersonaName, state: string) =>
    seesGroup(who, state) ? (isAdmin(who) ? status : 403) : "unseen";
const groupOperation = (
  route: string,
  answers: OtherOperation["answers"],
  body?: (world: World) => unknown,
): OtherOperation => ({
  ...{ route, answers, states: groupStates },
  says: (who, state) => (seesGroup(who, state) ? ADMINS_ONLY : NO_SUCH_GROUP),
  ...(body && { parts: (world: World) => ({ body: body(world) }) }),
});
const idOnly = (_: World, __: PersonaName, id: string): Pattern => ({ id });
const changesMembers = (
  as: string,
  method: "POST" | "DELETE",
  userId: (world: World) => string,
  told: (id: string) => Pattern,
): OtherOperation => ({
  ...groupOperation(`${method} ${group}/members`, changesGroup(), (world) => ({ userIds: [userId(world)] })),
  ...{ as, tells: (world) => told(userId(world)) },
});
const changed = (id: string): Pattern => ({ changed: [id], unchanged: [], refused: [] });
const unchanged = (id: string): Pattern => ({ changed: [], unchanged: [id], refused: [] });
const refused = (id: string): Pattern => ({
  changed: [],
  unchanged: [],
  refused: [{ value: id, reason: "unknown" }],
});
/** A group in which there is another, which is what the path names second. */
const nesting =
  ({ isNested = true, isDeleted = false } = {}) =>
  async ({ product, workspaces }: World): Promise<Nested> => {
    const id = await makeGroup(product, workspaces.home);
    const childId = await makeGroup(product, workspaces.home, { isDeleted });
    if (isNested)
      await product.query("INSERT INTO group_nestings (parent_id, child_id) VALUES ($1, $2)", [id, childId]);
    return { id, childId };
  };

/** Nobody gives themselves what they could not give to others. */
const joiningMore: OtherOperation = {
  ...groupOperation(`POST ${group}/members`, changesGroup(403)),
  ...{
    as: "oneself, to what one has nothing of",
    parts: (world, who) => ({ body: { userIds: [world.ids[who]] } }),
  },
  says: (who, state) =>
    seesGroup(who, state) ? (isAdmin(who) ? "you can’t give them to yourself" : ADMINS_ONLY) : NO_SUCH_GROUP,
  states: {
    ...groupStates,
    live: async (world) => {
      const id = await makeGroup(world.product, world.workspaces.home);
      await rowId(world, "INSERT INTO permissions (group_id, collection_id, role_id) VALUES ($1, $2, $3)", [
        ...[id, await makeEmptyCollection(world), world.roleIds.viewer],
      ]);
      return id;
    },
  },
};

export const groups: Domain = {
  scopes: {
    read: "GET /groups  GET /groups/{id}  GET /groups/{id}/members  GET /groups/{id}/nested  GET /groups/{id}/reach",
    admin: `
      POST /groups  PATCH /groups/{id}  DELETE /groups/{id}  POST /groups/{id}/members  DELETE /groups/{id}/members
      POST /groups/{id}/nested  DELETE /groups/{id}/nested/{childId}`,
  },
  others: [
    { route: "GET /api/v1/groups", answers: membersOnly },
    // guests are told that they are guests
    {
      route: "POST /api/v1/groups",
      answers: adminsOnly(201).answers,
      parts: () => ({ body: { name: randomUUID() } }),
    },
    { ...groupOperation(`GET ${group}`, looksAtGroup), tells: idOnly },
    ...["/members", "/nested", "/reach"].map((path): OtherOperation => ({
      ...groupOperation(`GET ${group}${path}`, looksAtGroup),
      tells: () => ({ items: [], nextCursor: null }),
    })),
    {
      ...groupOperation(`PATCH ${group}`, changesGroup(), () => ({ description: "Changed" })),
      tells: (_, __, id) => ({ id, description: "Changed" }),
    },
    // ending what has ended is harmless
    groupOperation(`DELETE ${group}`, (who, state) =>
      isAdmin(who) && state === "deleted" ? 204 : changesGroup(204)(who, state),
    ),
    changesMembers("somebody new", "POST", ({ ids }) => ids.colleague, changed),
    changesMembers("somebody suspended", "POST", ({ ids }) => ids["suspended, token"], changed),
    changesMembers("somebody of elsewhere", "POST", ({ ids }) => ids.outsider, refused),
    changesMembers("who is not in it", "DELETE", ({ ids }) => ids.colleague, unchanged),
    groupOperation(`POST ${group}/nested`, changesGroup(204), ({ groups }) => ({ groupId: groups.viewers })),
    ...(["deletedGroup", "groupElsewhere"] as const).map((child): OtherOperation => ({
      // what may not be seen can't be put anywhere either, and the answer does not say which of both is meant
      ...groupOperation(
        `POST ${group}/nested`,
        (who, state) => (seesGroup(who, state) && !isAdmin(who) ? 403 : "unseen"),
        (world) => ({ groupId: world[child] }),
      ),
      as: child === "deletedGroup" ? "a deleted group" : "a group of another workspace",
      says: (who, state) => (seesGroup(who, state) && !isAdmin(who) ? ADMINS_ONLY : NO_SUCH_GROUP),
    })),
    {
      ...groupOperation(`DELETE ${group}/nested/{childId}`, (who, state) =>
        changesGroup(204)(who, state.startsWith("with ") ? "live" : state),
      ),
      says: (who, state) =>
        seesGroup(who, state.startsWith("with ") ? "live" : state) ? ADMINS_ONLY : NO_SUCH_GROUP,
      states: {
        ...groupStates,
        "with the other in it": nesting(),
        "with the other not in it any more": nesting({ isNested: false }),
        "with the other in it, which is deleted": nesting({ isDeleted: true }),
      },
    },
    joiningMore,
  ],
};

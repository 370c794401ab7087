import { randomUUID } from "node:crypto";
import type { Domain } from "../domain.ts";
import { adminsOf, adminsOnly, everybody, isAdmin, isGuest, membersOnly } from "../others.ts";
import { type PersonaName, personas } from "../rules.ts";
import { rowId, someAddress } from "../world/rows.ts";
import type { World } from "../world/world.ts";

const workspace = "/api/v1/workspace";
const makeMember = (world: World, where: keyof World["workspaces"], isSuspended = false) =>
  rowId(
    world,
    `INSERT INTO users (workspace_id, email, email_normalized, name, email_verified_at, suspended_at)
     SELECT $1, a, a, 'Somebody', now(), CASE WHEN $2 THEN now() END FROM concat(gen_random_uuid(), '@example.org') a`,
    [world.workspaces[where], isSuspended],
  );
const memberStates = {
  live: (world: World) => makeMember(world, "home"),
  suspended: (world: World) => makeMember(world, "home", true),
  "of another workspace": (world: World) => makeMember(world, "away"),
};
const endings = ["expired", "declined", "accepted", "taken back"] as const;
type Ending = (typeof endings)[number];
const makeInvitation = (world: World, workspaceId: string, email: string, ending?: Ending) =>
  rowId(
    world,
    `INSERT INTO workspace_invitations (workspace_id, email, email_normalized, role, created_at, expires_at, declined_at, accepted_at, deleted_at)
     VALUES ($1, $2, $2, 'member', now() - interval '2 days', now() + CASE $3 WHEN 'expired' THEN -1 ELSE 1 END * interval '1 day',
       CASE $3 WHEN 'declined' THEN now() END, CASE $3 WHEN 'accepted' THEN now() END, CASE $3 WHEN 'taken back' THEN now() END)`,
    [workspaceId, email, ending ?? "live"],
  );
const ofEndings = <Make>(make: (ending: Ending) => Make) =>
  Object.fromEntries(endings.map((ending) => [ending, make(ending)])) as Record<Ending, Make>;
const invitationStates = {
  live: (world: World) => makeInvitation(world, world.workspaces.home, someAddress()),
  "of another workspace": (world: World) => makeInvitation(world, world.workspaces.away, someAddress()),
  ...ofEndings(
    (ending) => (world: World) => makeInvitation(world, world.workspaces.home, someAddress(), ending),
  ),
};
/** From a workspace of its own, so that nobody is invited twice by one. */
const offerTo = async (world: World, email: string, ending?: Ending) => {
  const id = randomUUID();
  await world.product.query("INSERT INTO workspaces (id, name) VALUES ($1, 'Elsewhere')", [id]);
  return makeInvitation(world, id, email, ending);
};
const offerStates = {
  "one's own": (world: World, who: PersonaName) => offerTo(world, world.emails[who]),
  "somebody's": (world: World) => offerTo(world, someAddress()),
  ...ofEndings((ending) => (world: World, who: PersonaName) => offerTo(world, world.emails[who], ending)),
  "the way they came": (world: World, who: PersonaName) =>
    makeInvitation(world, world.workspaces[personas[who].workspace], world.emails[who], "accepted"),
};

export const workspaces: Domain = {
  scopes: {
    read: "GET /me/workspace-invitations  GET /workspace/members",
    admin: `
      PATCH /workspace  GET /workspace/outsiders
      PATCH /workspace/members/{id}  DELETE /workspace/members/{id}  GET /workspace/members/{id}/removal
      GET /workspace/invitations  POST /workspace/invitations
      DELETE /workspace/invitations/{id}  POST /workspace/invitations/{id}/renew
      POST /me/workspace-invitations/{id}/accept  POST /me/workspace-invitations/{id}/decline`,
  },
  others: [
    {
      ...{ route: `PATCH ${workspace}`, ...adminsOnly(), parts: () => ({ body: { name: "Home" } }) },
      tells: ({ workspaces }) => ({ id: workspaces.home, name: "Home" }),
    },
    { route: `GET ${workspace}/outsiders`, ...adminsOnly() },
    { route: `GET ${workspace}/members`, answers: membersOnly },
    adminsOf(`PATCH ${workspace}/members/{id}`, { live: 200, suspended: 200 }, memberStates, {
      body: { isSuspended: true },
      tells: (_, __, id) => ({ id, isSuspended: true }),
    }),
    adminsOf(`DELETE ${workspace}/members/{id}`, { live: 204, suspended: 204 }, memberStates),
    {
      ...{ route: `GET ${workspace}/members/{id}/removal`, unseen: () => 404 },
      states: { ...memberStates, oneself: async ({ ids }, who) => ids[who] },
      answers: (who, state) =>
        (isAdmin(who) && (state === "live" || state === "suspended")) ||
        (state === "oneself" && !isGuest(who))
          ? 200
          : "unseen",
    },
    { route: `GET ${workspace}/invitations`, ...adminsOnly() },
    {
      ...{ route: `POST ${workspace}/invitations`, ...adminsOnly(201) },
      parts: () => ({ body: { emails: [someAddress()], role: "member" } }),
    },
    // what was declined or has expired stays in their list until they take it off
    adminsOf(
      `DELETE ${workspace}/invitations/{id}`,
      { live: 204, expired: 204, declined: 204 },
      invitationStates,
    ),
    adminsOf(
      `POST ${workspace}/invitations/{id}/renew`,
      { live: 204, expired: 204, declined: 409 },
      invitationStates,
    ),
    { route: "GET /api/v1/me/workspace-invitations", answers: everybody },
    {
      // nobody here is alone in their workspace, which would have to come along
      ...{
        route: "POST /api/v1/me/workspace-invitations/{id}/accept",
        states: offerStates,
        unseen: () => 404,
      },
      answers: (_, state) => ({ "one's own": 409, "the way they came": 204 })[state] ?? "unseen",
    },
    {
      ...{
        route: "POST /api/v1/me/workspace-invitations/{id}/decline",
        states: offerStates,
        unseen: () => 404,
      },
      answers: (_, state) => (state === "one's own" ? 204 : "unseen"),
    },
  ],
};

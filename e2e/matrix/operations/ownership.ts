import type { Domain } from "../domain.ts";
import type { OtherOperation } from "../others.ts";
import { type PersonaName } from "../rules.ts";
import { type Rule, seen } from "../verdicts.ts";
import { makeEmptyCollection } from "../world/collections.ts";
import { rowId, someAddress } from "../world/rows.ts";
import type { World } from "../world/world.ts";

/** Only its owner gives a collection away: not those with the owner's role, who have all other rights. */
const owns =
  (status: number | "allowed" = "allowed"): Rule =>
  ({ who }) =>
    who === "owner" ? status : "forbidden";

type State = "offered" | "declined" | "expired";
const makeOffer = (world: World, collection: string, to: string, state: State) =>
  rowId(
    world,
    `INSERT INTO ownership_transfers (collection_id, from_id, to_id, status, expires_at, answered_at)
     VALUES ($1, $2, $3, CASE $4 WHEN 'declined' THEN 'declined' ELSE 'offered' END,
       now() + CASE $4 WHEN 'expired' THEN interval '-1 hour' ELSE interval '1 day' END, CASE $4 WHEN 'declined' THEN now() END)`,
    [collection, world.ids.owner, to, state],
  );
/** Somebody who reads a collection, and to whom it is offered. */
async function makeHeir(world: World, collection: string): Promise<string> {
  const id = await rowId(
    world,
    `INSERT INTO users (workspace_id, email, email_normalized, name, email_verified_at)
     VALUES ($1, $2, $2, 'Heir', now())`,
    [world.workspaces.home, someAddress()],
  );
  await world.product.query(
    "INSERT INTO permissions (user_id, collection_id, role_id, opened_at) SELECT $1, $2, id, now() FROM roles WHERE workspace_id IS NULL AND name = 'viewer'",
    [id, collection],
  );
  return id;
}
/** An offer to whoever asks, where they can open the collection, and to somebody else where it is the owner's own. */
const offered = (state: State) => async (world: World, who: PersonaName) => {
  const collection = await makeEmptyCollection(world);
  const to = who === "viewer" ? world.ids.viewer : await makeHeir(world, collection);
  if (who === "viewer")
    await world.product.query(
      "INSERT INTO permissions (user_id, collection_id, role_id, opened_at) SELECT $1, $2, id, now() FROM roles WHERE workspace_id IS NULL AND name = 'viewer' ON CONFLICT DO NOTHING",
      [to, collection],
    );
  return makeOffer(world, collection, to, state);
};
const states = { offered: offered("offered"), declined: offered("declined"), expired: offered("expired") };

/** A page that shows an offer of a collection by its name, to the viewer of it. */
export const makeOfferOf = (world: World, collection: string) =>
  makeOffer(world, collection, world.ids.viewer, "declined");

const one = "/api/v1/transfers/{id}";
const between = (
  route: string,
  who: readonly PersonaName[],
  done: Record<State, number>,
  status?: string,
): OtherOperation => ({
  ...{ route, states, unseen: () => 404 },
  answers: (asking, state) => (who.includes(asking) && done[state as State]) || "unseen",
  ...(status !== undefined && { tells: (_: World, __: PersonaName, id: string) => ({ id, status }) }),
});

const of = "/api/v1/collections/{id}";
export const ownership: Domain = {
  scopes: {
    read: `GET /collections/{id}/transfer  GET /collections/{id}/possible-owners  GET /transfers/{id}`,
    write: `
      POST /collections/{id}/transfer  DELETE /transfers/{id}
      POST /transfers/{id}/accept  POST /transfers/{id}/decline`,
  },
  resources: [
    { ...{ isBroad: true, route: `GET ${of}/possible-owners`, of: "collection", may: owns() } },
    {
      ...{ isBroad: true, route: `POST ${of}/transfer`, as: "to nobody", of: "collection", may: owns(409) },
      parts: ({ stranger }) => ({ body: { email: stranger.email } }),
    },
    {
      ...{ route: `POST ${of}/transfer`, as: "to a viewer", of: "collection", may: owns(), answers: 201 },
      parts: ({ world }) => ({ body: { email: world.emails.viewer } }),
      tells: ({ id, world }) => ({
        ...{ collection: { id }, status: "offered", from: { id: world.ids.owner } },
        to: { id: world.ids.viewer },
      }),
    },
    {
      ...{ isBroad: true, route: `GET ${of}/transfer`, of: "collection", may: seen },
      tells: (_, { who }) => ({ canOffer: who === "owner", transfer: null }),
    },
  ],
  others: [
    between(`GET ${one}`, ["owner", "viewer"], { offered: 200, declined: 200, expired: 200 }),
    between(`POST ${one}/accept`, ["viewer"], { offered: 200, declined: 409, expired: 409 }, "accepted"),
    between(`POST ${one}/decline`, ["viewer"], { offered: 200, declined: 409, expired: 409 }, "declined"),
    between(`DELETE ${one}`, ["owner"], { offered: 204, declined: 409, expired: 409 }),
  ],
};

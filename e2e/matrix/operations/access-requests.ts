import { randomUUID } from "node:crypto";
import type { Domain } from "../domain.ts";
import { everybody, type OtherOperation } from "../others.ts";
import { isSomebody, type Persona, type PersonaName, personas, rightsOf } from "../rules.ts";
import { type Operation, shares } from "../verdicts.ts";
import { makeEmptyCollection } from "../world/collections.ts";
import { collectionFacts, documentFacts } from "../world/facts.ts";
import { rowId, someAddress } from "../world/rows.ts";
import type { World } from "../world/world.ts";

/** Who manages something answers requests for it, and so has nobody to ask. Guests answer none. */
const answersFor = (who: PersonaName, of: Operation["of"]): boolean => {
  const rights = rightsOf(
    who,
    collectionFacts.closed,
    of === "document" ? documentFacts.authored : undefined,
  );
  const { is }: Persona = personas[who];
  return rights.has("view_documents") && rights.has("manage_permissions") && is !== "guest";
};

export const answersRequests = (who: PersonaName) => isSomebody(who) && answersFor(who, "collection");

/** What there is and what there is not are asked for alike. */
const asking = (of: Operation["of"]): OtherOperation[] => {
  const route = `POST /api/v1/${of}s/{id}/access-requests`;
  const told = (_: World, __: PersonaName, id: string) => ({
    ...{ resource: { type: of, id }, message: "Please", status: "open", answeredAt: null },
    askedAt: (at: unknown) => typeof at === "string",
  });
  const parts = () => ({ body: { message: "Please" } });
  return [
    {
      ...{ route, as: "one there is", parts, tells: told },
      about: ({ shared: { closed } }) => (of === "document" ? closed.documents.authored : closed.id),
      answers: (who) => (answersFor(who, of) ? 409 : 201),
    },
    { ...{ route, as: "one that is nowhere", parts, tells: told }, answers: () => 201 },
  ];
};

const listing = (of: Operation["of"]): Operation => ({
  ...{ isBroad: true, route: `GET /api/v1/${of}s/{id}/access-requests`, of, may: shares() },
  names: "manage_permissions",
});

type State = "open" | "declined" | "lapsed";
const makeRequest = (world: World, requester: string, collection: string, state: State) =>
  rowId(
    world,
    `INSERT INTO access_requests (requester_id, resource_type, resource_id, status, asked_at, answered_at)
     VALUES ($1, 'collection', $2, CASE $3 WHEN 'declined' THEN 'declined' ELSE 'open' END,
       now() - CASE $3 WHEN 'lapsed' THEN interval '31 days' ELSE interval '1 hour' END, CASE $3 WHEN 'declined' THEN now() END)`,
    [requester, collection, state],
  );
const makeAsker = (world: World) =>
  rowId(
    world,
    `INSERT INTO users (workspace_id, email, email_normalized, name, email_verified_at)
     VALUES ($1, $2, $2, 'Somebody', now())`,
    [world.workspaces.away, someAddress()],
  );
/** A request of somebody who has nothing else to do with it. */
export const makeRequestFor = async (world: World, collection: string, message: string) =>
  rowId(
    world,
    "INSERT INTO access_requests (requester_id, resource_type, resource_id, message) VALUES ($1, 'collection', $2, $3)",
    [await makeAsker(world), collection, message],
  );
const makeStrangers = async (world: World, state: State) =>
  makeRequest(world, await makeAsker(world), await makeEmptyCollection(world), state);

/** Whoever is refused changes nothing, and so may ask about the same one as all others who are. */
const refusedAbout = new WeakMap<World, Promise<string>>();
const strangers = (state: State) => (world: World, who: PersonaName) => {
  if (who === "owner") return makeStrangers(world, state);
  const common = refusedAbout.get(world) ?? makeStrangers(world, "open");
  refusedAbout.set(world, common);
  return common;
};
const states = { open: strangers("open"), declined: strangers("declined"), lapsed: strangers("lapsed") };

const one = "/api/v1/access-requests/{id}";
const ownersToAnswer = (
  route: string,
  done: Record<State, number>,
  more: Partial<OtherOperation> = {},
): OtherOperation => ({
  ...{ route, states, unseen: () => 404, ...more },
  answers: (who, state) => (who === "owner" && done[state as State]) || "unseen",
});

export const accessRequests: Domain = {
  scopes: {
    read: `
      GET /collections/{id}/access-requests  GET /documents/{id}/access-requests
      GET /access-requests/{id}  GET /me/access-requests`,
    write: `
      POST /collections/{id}/access-requests  POST /documents/{id}/access-requests  DELETE /access-requests/{id}
      POST /access-requests/{id}/approve  POST /access-requests/{id}/decline`,
  },
  resources: [listing("collection"), listing("document")],
  others: [
    ...asking("collection"),
    ...asking("document"),
    ownersToAnswer(
      `GET ${one}`,
      { open: 200, declined: 200, lapsed: 200 },
      { tells: (_, __, id) => ({ id }) },
    ),
    ownersToAnswer(
      `POST ${one}/approve`,
      { open: 200, declined: 409, lapsed: 409 },
      { parts: () => ({ body: { role: "viewer" } }), tells: (_, __, id) => ({ id, status: "approved" }) },
    ),
    ownersToAnswer(
      `POST ${one}/decline`,
      { open: 200, declined: 409, lapsed: 409 },
      { tells: (_, __, id) => ({ id, status: "declined" }) },
    ),
    {
      ...{ route: `DELETE ${one}`, unseen: () => 404 },
      states: {
        "one's own": (world, who) => makeRequest(world, world.ids[who], randomUUID(), "open"),
        "one's own, declined": (world, who) => makeRequest(world, world.ids[who], randomUUID(), "declined"),
        "somebody's": (world) => makeStrangers(world, "open"),
      },
      answers: (_, state) => (state === "one's own" ? 204 : "unseen"),
    },
    { route: "GET /api/v1/me/access-requests", answers: everybody },
  ],
};

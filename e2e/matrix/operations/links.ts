import { randomBytes } from "node:crypto";
import type { Domain } from "../domain.ts";
import { adminsOf, adminsOnly, type OtherOperation } from "../others.ts";
import type { PersonaName } from "../rules.ts";
import { forManagers, manages, type Operation, shares } from "../verdicts.ts";
import { makeEmptyCollection } from "../world/collections.ts";
import { rowId } from "../world/rows.ts";
import type { World } from "../world/world.ts";

/** The links of a resource are listed and made by those who manage it. */
const onEither = (of: Operation["of"]): Operation[] => {
  const route = `/api/v1/${of}s/{id}/share-links`;
  return [
    {
      ...{ isBroad: true, route: `GET ${route}`, of, may: manages, ...forManagers },
      names: "manage_permissions",
    },
    {
      ...{ isBroad: true, route: `POST ${route}`, of, may: shares("viewer"), answers: 201 },
      names: "manage_permissions",
      parts: () => ({ body: { name: "Press", role: "viewer" } }),
      tells: () => ({ name: "Press", role: "viewer", expiresAt: null, hasPassword: false }),
      leaves: ({ id }) => [
        "SELECT FROM public_links WHERE coalesce(document_id, collection_id) = $1 AND name = 'Press'",
        id,
      ],
    },
    {
      ...{ route: `POST ${route}`, as: "for commenting", of, may: shares("commenter"), answers: 201 },
      names: "manage_permissions",
      parts: () => ({ body: { role: "commenter" } }),
      tells: () => ({ role: "commenter" }),
    },
  ];
};

/** A link to a collection of the owner's, in which nobody else has anything. */
const makeLink = async (world: World, ending?: "revoked" | "expired") =>
  rowId(
    world,
    `INSERT INTO public_links (collection_id, role_id, created_by_id, token_hash, token_sealed, revoked_at, expires_at)
     VALUES ($1, $2, $3, $4, '', CASE $5 WHEN 'revoked' THEN now() END, CASE $5 WHEN 'expired' THEN now() END)`,
    [
      await makeEmptyCollection(world),
      ...[world.roleIds.viewer, world.ids.owner, randomBytes(32), ending ?? "live"],
    ],
  );
/** Whoever is refused changes nothing, and so may ask about the same one as all others who are. */
const refusedAbout = new WeakMap<World, Promise<string>>();
const linkFor = (ending?: "revoked" | "expired") => (world: World, who: PersonaName) => {
  if (who === "owner") return makeLink(world, ending);
  const common = refusedAbout.get(world) ?? makeLink(world);
  refusedAbout.set(world, common);
  return common;
};
const states = { live: linkFor(), expired: linkFor("expired"), revoked: linkFor("revoked") };

/** An admin gets a link of their own to end, to a collection of which they have nothing; of elsewhere there is none for them. */
const ofWorkspace = {
  live: (world: World) => makeLink(world),
  revoked: (world: World) => makeLink(world, "revoked"),
};

const one = "/api/v1/share-links/{id}";
const ownersOf = (
  route: string,
  done: Record<string, number>,
  parts?: OtherOperation["parts"],
): OtherOperation => ({
  ...{ route, states, unseen: () => 404, ...(parts && { parts }) },
  answers: (who, state) => (who === "owner" && done[state]) || "unseen",
});

/** To everybody who calls below a token that nobody has, there is nothing. */
const guessed = (route: string, parts?: OtherOperation["parts"]): OtherOperation => ({
  ...{ route, as: "a token of nobody", isForAll: true, answers: () => 404, ...(parts && { parts }) },
});
const shared = "/share/{token}";
const below = [
  "",
  "/documents",
  ...["", "/content-url", "/download", "/thumbnail", "/pages", "/pages/{page}"].map(
    (name) => `/documents/{id}${name}`,
  ),
];

export const links: Domain = {
  scopes: {
    read: [...below.map((path) => `GET ${shared}${path}`), `POST ${shared}/unlock`].join("  "),
    write: `
      GET /collections/{id}/share-links  POST /collections/{id}/share-links
      GET /documents/{id}/share-links  POST /documents/{id}/share-links
      PATCH /share-links/{id}  DELETE /share-links/{id}  POST /share-links/{id}/regenerate`,
    admin: "GET /workspace/share-links  DELETE /workspace/share-links/{id}",
  },
  resources: [...onEither("collection"), ...onEither("document")],
  others: [
    ownersOf(`PATCH ${one}`, { live: 200, expired: 200 }, () => ({ body: { name: "Changed" } })),
    ownersOf(`POST ${one}/regenerate`, { live: 200, expired: 200 }),
    ownersOf(`DELETE ${one}`, { live: 204, expired: 204, revoked: 204 }),
    { route: "GET /api/v1/workspace/share-links", ...adminsOnly() },
    adminsOf("DELETE /api/v1/workspace/share-links/{id}", { live: 204, revoked: 204 }, ofWorkspace),
    ...below.map((path) => guessed(`GET /api/v1${shared}${path}`)),
    guessed(`POST /api/v1${shared}/unlock`, () => ({ body: { password: "a password of nobody" } })),
  ],
};

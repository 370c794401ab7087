import { changedCollection, openness, seenCollection, trashedThing } from "../answers.ts";
import type { Domain } from "../domain.ts";
import { everybody, isGuest } from "../others.ts";
import { disposes, has, ifAllowed, seen, shares, unless } from "../verdicts.ts";

const collection = "/api/v1/collections/{id}";

export const collections: Domain = {
  scopes: {
    read: "GET /collections  GET /collections/{id}  GET /collections/{id}/visibility",
    write: `
      POST /collections  PATCH /collections/{id}  DELETE /collections/{id}  POST /collections/{id}/restore
      PUT /collections/{id}/visibility`,
  },
  resources: [
    {
      ...{ isBroad: true, isForEveryone: true, route: `GET ${collection}`, of: "collection", may: seen },
      ...{ trashed: ifAllowed(disposes), tells: seenCollection },
    },
    {
      ...{
        isBroad: true,
        route: `PATCH ${collection}`,
        of: "collection",
        may: has("edit_documents"),
        trashed: ifAllowed(disposes),
      },
      ...{ names: "edit_documents", tells: changedCollection },
      parts: () => ({ body: { version: 1, description: "Changed" } }),
    },
    {
      route: `DELETE ${collection}`,
      as: "to the trash",
      of: "collection",
      names: "manage_permissions",
      may: disposes,
      trashed: ifAllowed(disposes),
      tells: trashedThing(true),
    },
    {
      ...{
        route: `DELETE ${collection}`,
        as: "for good",
        of: "collection",
        may: disposes,
        trashed: ifAllowed(disposes),
      },
      ...{ answers: 204, names: "manage_permissions", parts: () => ({ query: "?permanent=true" }) },
      leaves: ({ id }) => ["SELECT WHERE NOT EXISTS (SELECT FROM collections WHERE id = $1)", id],
    },
    {
      ...{ route: `POST ${collection}/restore`, of: "collection", may: disposes },
      names: "manage_permissions",
      ...{ trashed: ifAllowed(disposes), tells: trashedThing(false) },
    },
    { route: `GET ${collection}/visibility`, of: "collection", may: seen, tells: openness },
    {
      ...{ route: `PUT ${collection}/visibility`, of: "collection", may: shares() },
      names: "manage_permissions",
      parts: () => ({ body: { visibility: "private" } }),
      tells: () => ({ visibility: "private", isProtected: false }),
    },
    {
      ...{ route: `PUT ${collection}/visibility`, as: "protected", of: "collection" },
      may: unless(shares(), ({ who }) => (who === "owner" ? "allowed" : "the owner's alone")),
      names: "manage_permissions",
      parts: () => ({ body: { visibility: "private", isProtected: true } }),
      tells: () => ({ visibility: "private", isProtected: true }),
      leaves: ({ id }) => ["SELECT FROM collections WHERE id = $1 AND is_protected", id],
    },
  ],
  // what is in lists is looked at beside this
  others: [
    { route: "GET /api/v1/collections", answers: everybody },
    {
      ...{ route: "POST /api/v1/collections", answers: (who) => (isGuest(who) ? 403 : 201) },
      parts: () => ({ body: { name: "Of their own" } }),
    },
  ],
};

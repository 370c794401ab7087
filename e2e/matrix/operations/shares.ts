import type { Domain } from "../domain.ts";
import { everybody, type OtherOperation } from "../others.ts";
import { isSomebody, type PersonaName, rightsOf } from "../rules.ts";
import { collectionFacts, type CollectionKey } from "../world/facts.ts";
import type { World } from "../world/world.ts";

/** Hiding changes no access: who was given a collection does it, and to all others it is not there. */
const hiding = (key: CollectionKey): OtherOperation => ({
  ...{ route: "PATCH /api/v1/me/shares", as: `a ${key} collection`, unseen: () => 404 },
  parts: ({ shared }: World) => ({ body: { type: "collection", id: shared[key].id, isHidden: false } }),
  answers: (who: PersonaName) =>
    isSomebody(who) && who !== "owner" && rightsOf(who, collectionFacts[key]).has("view_documents")
      ? 204
      : 404,
});

export const shares: Domain = {
  scopes: { read: "GET /me/shares  GET /me/shares/givers", write: "PATCH /me/shares" },
  others: [
    { route: "GET /api/v1/me/shares", answers: everybody },
    { route: "GET /api/v1/me/shares/givers", answers: everybody },
    hiding("closed"),
  ],
};

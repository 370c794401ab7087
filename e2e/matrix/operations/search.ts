import type { Domain } from "../domain.ts";
import { everybody } from "../others.ts";
import { seen } from "../verdicts.ts";

export const search: Domain = {
  scopes: { read: "GET /search" },
  resources: [
    {
      ...{ route: "GET /api/v1/search", as: "in a collection", of: "collection", may: seen },
      tells: ({ id }) => ({
        items: (items) =>
          (items as { document: { collection: { id: string } } }[]).every(
            ({ document }) => document.collection.id === id,
          ),
      }),
      parts: ({ id, collection }) => ({ query: `?q=${collection.canary}&collectionId=${id}` }),
    },
  ],
  others: [{ route: "GET /api/v1/search", answers: everybody, parts: () => ({ query: "?q=notes" }) }],
};

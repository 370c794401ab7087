import { createCollection, listCollections } from "#lib/collections/index.ts";
import {
  collectionListSchema,
  collectionViewSchema,
  createCollectionSchema,
  listCollectionsSchema,
} from "#lib/collections/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/collections",
    summary: "Collections, newest first",
    auth: "user",
    rate: "read",
    query: listCollectionsSchema,
    answers: { 200: collectionListSchema },
  },
  async ({ actor, query }) => ({ body: await listCollections(actor, query) }),
);

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/collections",
    summary: "Make a collection",
    auth: "user",
    rate: "createCollection",
    body: createCollectionSchema,
    answers: { 201: collectionViewSchema },
    refusals: ["forbidden", "quota_exceeded"],
  },
  async ({ actor, body }) => ({ status: 201, body: await createCollection(actor, body) }),
);

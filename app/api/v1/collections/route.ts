import * as api from "#lib/collections/api.ts";
import { createCollection, listCollections } from "#lib/collections/index.ts";
import {
  collectionListSchema,
  collectionViewSchema,
  createCollectionSchema,
  listCollectionsSchema,
} from "#lib/collections/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  api.listCollections,
  { query: listCollectionsSchema, answers: { 200: collectionListSchema } },
  async ({ actor, query }) => ({ body: await listCollections(actor, query) }),
);

export const POST = route(
  api.createCollection,
  { body: createCollectionSchema, answers: { 201: collectionViewSchema } },
  async ({ actor, body }) => ({ status: 201, body: await createCollection(actor, body) }),
);

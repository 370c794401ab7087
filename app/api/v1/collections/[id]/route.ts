import * as api from "#lib/collections/api.ts";
import {
  deleteCollection,
  getCollection,
  trashCollection,
  updateCollection,
} from "#lib/collections/index.ts";
import { collectionViewSchema, updateCollectionSchema } from "#lib/collections/schema.ts";
import { route } from "#lib/http/route.ts";
import { deleteQuerySchema, idParams } from "#lib/http/schema.ts";

export const GET = route(
  api.getCollection,
  { params: idParams, answers: { 200: collectionViewSchema } },
  async ({ actor, params }) => ({ body: await getCollection(actor, params.id) }),
);

export const PATCH = route(
  api.updateCollection,
  { params: idParams, body: updateCollectionSchema, answers: { 200: collectionViewSchema } },
  async ({ actor, params, body }) => ({ body: await updateCollection(actor, params.id, body) }),
);

export const DELETE = route(
  api.deleteCollection,
  { params: idParams, query: deleteQuerySchema, answers: { 200: collectionViewSchema, 204: null } },
  async ({ actor, params, query }) => {
    if (!query.permanent) return { body: await trashCollection(actor, params.id) };
    await deleteCollection(actor, params.id);
    return { status: 204 };
  },
);

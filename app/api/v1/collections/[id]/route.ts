import {
  deleteCollection,
  getCollection,
  trashCollection,
  updateCollection,
} from "#lib/collections/index.ts";
import { collectionViewSchema, updateCollectionSchema } from "#lib/collections/schema.ts";
import { route } from "#lib/http/route.ts";
import { deleteQuerySchema, idParams } from "#lib/http/schema.ts";

const path = "/api/v1/collections/{id}";

export const GET = route(
  {
    method: "GET",
    path,
    summary: "One collection",
    auth: "user",
    rate: "read",
    params: idParams,
    answers: { 200: collectionViewSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, params }) => ({ body: await getCollection(actor, params.id) }),
);

export const PATCH = route(
  {
    method: "PATCH",
    path,
    summary: "Rename or describe; a stale version answers 409 with the current state",
    auth: "user",
    rate: "write",
    params: idParams,
    body: updateCollectionSchema,
    answers: { 200: collectionViewSchema },
    refusals: ["forbidden", "conflict"],
  },
  async ({ actor, params, body }) => ({ body: await updateCollection(actor, params.id, body) }),
);

export const DELETE = route(
  {
    method: "DELETE",
    path,
    summary: "Move to the trash, or with permanent=true delete and free the quota",
    auth: "user",
    rate: "write",
    params: idParams,
    query: deleteQuerySchema,
    answers: { 200: collectionViewSchema, 204: null },
    refusals: ["forbidden"],
  },
  async ({ actor, params, query }) => {
    if (!query.permanent) return { body: await trashCollection(actor, params.id) };
    await deleteCollection(actor, params.id);
    return { status: 204 };
  },
);

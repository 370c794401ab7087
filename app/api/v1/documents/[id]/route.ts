import { deleteDocument, getDocument, trashDocument, updateDocument } from "#lib/documents/index.ts";
import { documentDetailSchema, documentViewSchema, updateDocumentSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import { deleteQuerySchema, idParams } from "#lib/http/schema.ts";
import { cancelUpload } from "#lib/uploads/index.ts";

const path = "/api/v1/documents/{id}";

export const GET = route(
  {
    method: "GET",
    path,
    summary: "One document",
    auth: "user",
    rate: "read",
    params: idParams,
    answers: { 200: documentDetailSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params }) => ({ body: await getDocument(actor, params.id) }),
);

export const PATCH = route(
  {
    method: "PATCH",
    path,
    summary: "Rename; a stale version answers 409 with the current state",
    auth: "user",
    rate: "write",
    params: idParams,
    body: updateDocumentSchema,
    answers: { 200: documentDetailSchema },
    refusals: ["forbidden", "not_found", "conflict"],
  },
  async ({ actor, params, body }) => ({ body: await updateDocument(actor, params.id, body) }),
);

export const DELETE = route(
  {
    method: "DELETE",
    path,
    summary:
      "Move to the trash, or with permanent=true delete and free the quota; a pending upload is cancelled",
    auth: "user",
    rate: "write",
    params: idParams,
    query: deleteQuerySchema,
    answers: { 200: documentViewSchema, 204: null },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params, query }) => {
    if (await cancelUpload(actor, params.id)) return { status: 204 };
    if (!query.permanent) return { body: await trashDocument(actor, params.id) };
    await deleteDocument(actor, params.id);
    return { status: 204 };
  },
);

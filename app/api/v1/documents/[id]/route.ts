import * as api from "#lib/documents/api.ts";
import { deleteDocument, getDocument, trashDocument, updateDocument } from "#lib/documents/index.ts";
import { documentDetailSchema, documentViewSchema, updateDocumentSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import { deleteQuerySchema, idParams } from "#lib/http/schema.ts";
import { cancelUpload } from "#lib/uploads/index.ts";

export const GET = route(
  api.getDocument,
  { params: idParams, answers: { 200: documentDetailSchema } },
  async ({ actor, params }) => ({ body: await getDocument(actor, params.id) }),
);

export const PATCH = route(
  api.updateDocument,
  { params: idParams, body: updateDocumentSchema, answers: { 200: documentDetailSchema } },
  async ({ actor, params, body }) => ({ body: await updateDocument(actor, params.id, body) }),
);

export const DELETE = route(
  api.deleteDocument,
  { params: idParams, query: deleteQuerySchema, answers: { 200: documentViewSchema, 204: null } },
  async ({ actor, params, query }) => {
    if (await cancelUpload(actor, params.id)) return { status: 204 };
    if (!query.permanent) return { body: await trashDocument(actor, params.id) };
    await deleteDocument(actor, params.id);
    return { status: 204 };
  },
);

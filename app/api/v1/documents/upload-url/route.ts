import { uploadUrlSchema, uploadUrlViewSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import * as api from "#lib/uploads/api.ts";
import { requestUpload } from "#lib/uploads/index.ts";

export const POST = route(
  api.requestUpload,
  { body: uploadUrlSchema, answers: { 201: uploadUrlViewSchema } },
  async ({ actor, body }) => ({ status: 201, body: await requestUpload(actor, body) }),
);

import { documentDetailSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/uploads/api.ts";
import { confirmUpload } from "#lib/uploads/index.ts";

export const POST = route(
  api.confirmUpload,
  { params: idParams, answers: { 200: documentDetailSchema } },
  async ({ actor, params }) => ({ body: await confirmUpload(actor, params.id) }),
);

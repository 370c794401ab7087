import * as api from "#lib/documents/api.ts";
import { restartProcessing } from "#lib/documents/index.ts";
import { documentDetailSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const POST = route(
  api.restartProcessing,
  { params: idParams, answers: { 202: documentDetailSchema } },
  async ({ actor, params }) => ({ status: 202, body: await restartProcessing(actor, params.id) }),
);

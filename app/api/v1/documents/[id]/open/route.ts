import * as api from "#lib/documents/api.ts";
import { recordOpening } from "#lib/documents/index.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const POST = route(
  api.recordOpening,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await recordOpening(actor, params.id);
    return { status: 204 };
  },
);

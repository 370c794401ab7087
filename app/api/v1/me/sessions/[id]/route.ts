import * as api from "#lib/accounts/api.ts";
import { revokeSession } from "#lib/accounts/index.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const DELETE = route(
  api.revokeSession,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await revokeSession(actor, params.id);
    return { status: 204 };
  },
);

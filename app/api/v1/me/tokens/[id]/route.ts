import * as api from "#lib/accounts/api.ts";
import { revokeToken } from "#lib/accounts/index.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const DELETE = route(
  api.revokeToken,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await revokeToken(actor, params.id);
    return { status: 204 };
  },
);

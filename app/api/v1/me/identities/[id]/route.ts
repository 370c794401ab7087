import * as api from "#lib/accounts/api.ts";
import { unlinkIdentity } from "#lib/accounts/index.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const DELETE = route(
  api.unlinkIdentity,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await unlinkIdentity(actor, params.id);
    return { status: 204 };
  },
);

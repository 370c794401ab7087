import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/workspaces/api.ts";
import { revokeInvitation } from "#lib/workspaces/index.ts";

export const DELETE = route(
  api.revokeInvitation,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await revokeInvitation(actor, params.id);
    return { status: 204 };
  },
);

import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/workspaces/api.ts";
import { renewInvitation } from "#lib/workspaces/index.ts";

export const POST = route(
  api.renewInvitation,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await renewInvitation(actor, params.id);
    return { status: 204 };
  },
);

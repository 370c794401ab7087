import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/workspaces/api.ts";
import { acceptOffer } from "#lib/workspaces/index.ts";

export const POST = route(
  api.acceptOffer,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await acceptOffer(actor, params.id);
    return { status: 204 };
  },
);

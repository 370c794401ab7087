import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/links/api.ts";
import { revokeWorkspaceLink } from "#lib/links/index.ts";

export const DELETE = route(
  api.revokeWorkspaceLink,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await revokeWorkspaceLink(actor, params.id);
    return { status: 204 };
  },
);

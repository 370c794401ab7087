import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/links/api.ts";
import { changeLink, revokeLink } from "#lib/links/index.ts";
import { changeLinkSchema, linkViewSchema } from "#lib/links/schema.ts";

export const PATCH = route(
  api.changeLink,
  { params: idParams, body: changeLinkSchema, answers: { 200: linkViewSchema } },
  async ({ actor, params, body }) => ({ body: await changeLink(actor, params.id, body) }),
);

export const DELETE = route(
  api.revokeLink,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await revokeLink(actor, params.id);
    return { status: 204 };
  },
);

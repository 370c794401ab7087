import * as api from "#lib/access-requests/api.ts";
import { getAccessRequest, withdrawAccessRequest } from "#lib/access-requests/index.ts";
import { accessRequestSchema } from "#lib/access-requests/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  api.getAccessRequest,
  { params: idParams, answers: { 200: accessRequestSchema } },
  async ({ actor, params }) => ({ body: await getAccessRequest(actor, params.id) }),
);

export const DELETE = route(
  api.withdrawAccessRequest,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await withdrawAccessRequest(actor, params.id);
    return { status: 204 };
  },
);

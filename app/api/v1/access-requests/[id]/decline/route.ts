import * as api from "#lib/access-requests/api.ts";
import { declineAccessRequest } from "#lib/access-requests/index.ts";
import { answeredAccessRequestSchema } from "#lib/access-requests/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const POST = route(
  api.declineAccessRequest,
  { params: idParams, answers: { 200: answeredAccessRequestSchema } },
  async ({ actor, params }) => ({ body: await declineAccessRequest(actor, params.id) }),
);

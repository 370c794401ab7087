import * as api from "#lib/access-requests/api.ts";
import { approveAccessRequest } from "#lib/access-requests/index.ts";
import { answeredAccessRequestSchema, approveAccessRequestSchema } from "#lib/access-requests/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const POST = route(
  api.approveAccessRequest,
  { params: idParams, body: approveAccessRequestSchema, answers: { 200: answeredAccessRequestSchema } },
  async ({ actor, params, body }) => ({ body: await approveAccessRequest(actor, params.id, body) }),
);

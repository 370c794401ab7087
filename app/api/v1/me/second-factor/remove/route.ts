import * as api from "#lib/accounts/api.ts";
import { removeSecondFactor } from "#lib/accounts/index.ts";
import { proofSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.removeSecondFactor,
  { body: proofSchema, answers: { 204: null } },
  async ({ actor, sessionId, body }) => {
    await removeSecondFactor(actor, sessionId, body);
    return { status: 204 };
  },
);

import * as api from "#lib/accounts/api.ts";
import { setUpSecondFactor } from "#lib/accounts/index.ts";
import { proofSchema, secondFactorSetupSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.setUpSecondFactor,
  { body: proofSchema, answers: { 201: secondFactorSetupSchema } },
  async ({ actor, sessionId, body }) => ({
    status: 201,
    body: await setUpSecondFactor(actor, sessionId, body),
  }),
);

import { setUpSecondFactor } from "#lib/accounts/index.ts";
import { proofSchema, secondFactorSetupSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/me/second-factor",
    summary: "Make a secret for an authenticator app; it counts once it is activated",
    auth: "user",
    rate: "write",
    body: proofSchema,
    answers: { 201: secondFactorSetupSchema },
    refusals: ["forbidden", "conflict"],
  },
  async ({ actor, body }) => ({ status: 201, body: await setUpSecondFactor(actor, body) }),
);

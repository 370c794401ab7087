import { activateSecondFactor } from "#lib/accounts/index.ts";
import { activateSecondFactorSchema, backupCodesSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/me/second-factor/activate",
    summary: "Turn the second factor on with a code of the app; answers the backup codes, shown this once",
    auth: "user",
    rate: "write",
    body: activateSecondFactorSchema,
    answers: { 200: backupCodesSchema },
    refusals: ["forbidden", "conflict"],
  },
  async ({ actor, body }) => ({ body: await activateSecondFactor(actor, body) }),
);

import * as api from "#lib/accounts/api.ts";
import { activateSecondFactor } from "#lib/accounts/index.ts";
import { activateSecondFactorSchema, backupCodesSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.activateSecondFactor,
  { body: activateSecondFactorSchema, answers: { 200: backupCodesSchema } },
  async ({ actor, body }) => ({ body: await activateSecondFactor(actor, body) }),
);

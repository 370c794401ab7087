import * as api from "#lib/accounts/api.ts";
import { originOf, requestPasswordReset } from "#lib/accounts/index.ts";
import { requestPasswordResetSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.requestPasswordReset,
  { body: requestPasswordResetSchema, answers: { 202: null } },
  async (call) => {
    await requestPasswordReset(call.body.email, originOf(call));
    return { status: 202 };
  },
);

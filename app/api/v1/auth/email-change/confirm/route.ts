import * as api from "#lib/accounts/api.ts";
import { confirmEmailChange, originOf } from "#lib/accounts/index.ts";
import { verifyEmailSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.confirmEmailChange,
  { body: verifyEmailSchema, answers: { 204: null } },
  async (call) => {
    await confirmEmailChange(call.body.token, originOf(call), call.sessionId);
    return { status: 204 };
  },
);

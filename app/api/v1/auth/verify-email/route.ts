import * as api from "#lib/accounts/api.ts";
import { originOf, verifyEmail } from "#lib/accounts/index.ts";
import { verifyEmailSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.verifyEmail,
  { body: verifyEmailSchema, answers: { 204: null } },
  async (call) => {
    await verifyEmail(call.body.token, originOf(call));
    return { status: 204 };
  },
);

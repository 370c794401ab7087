import * as api from "#lib/accounts/api.ts";
import { originOf, resetPassword } from "#lib/accounts/index.ts";
import { confirmPasswordResetSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.resetPassword,
  { body: confirmPasswordResetSchema, answers: { 204: null } },
  async (call) => {
    const { cookie } = await resetPassword(call.body, originOf(call));
    return { status: 204, headers: { "set-cookie": cookie } };
  },
);

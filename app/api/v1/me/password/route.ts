import * as api from "#lib/accounts/api.ts";
import { changePassword, originOf } from "#lib/accounts/index.ts";
import { changePasswordSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const PUT = route(
  api.changePassword,
  { body: changePasswordSchema, answers: { 204: null } },
  async (call) => {
    const { actor, sessionId, body } = call;
    const { cookie } = await changePassword(actor, sessionId, body, originOf(call).devices);
    return { status: 204, headers: { "set-cookie": cookie } };
  },
);

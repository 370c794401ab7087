import { confirmEmailChange, originOf } from "#lib/accounts/index.ts";
import { verifyEmailSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/auth/email-change/confirm",
    summary: "Make a change of address hold with the secret mailed to the new one; ends all other sessions",
    auth: "optional",
    rate: "signIn",
    body: verifyEmailSchema,
    answers: { 204: null },
  },
  async (call) => {
    await confirmEmailChange(call.body.token, originOf(call), call.sessionId);
    return { status: 204 };
  },
);

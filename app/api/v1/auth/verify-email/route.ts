import { originOf, verifyEmail } from "#lib/accounts/index.ts";
import { verifyEmailSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/auth/verify-email",
    summary: "Confirm an address with the secret mailed to it",
    auth: "optional",
    rate: "signIn",
    body: verifyEmailSchema,
    answers: { 204: null },
  },
  async (call) => {
    await verifyEmail(call.body.token, originOf(call));
    return { status: 204 };
  },
);

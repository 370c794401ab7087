import { originOf, resetPassword } from "#lib/accounts/index.ts";
import { confirmPasswordResetSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/auth/password-reset/confirm",
    summary: "Set a new password with the secret from the mail; ends all sessions",
    auth: "optional",
    rate: "signIn",
    body: confirmPasswordResetSchema,
    answers: { 204: null },
  },
  async (call) => {
    await resetPassword(call.body, originOf(call));
    return { status: 204 };
  },
);

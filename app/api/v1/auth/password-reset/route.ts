import { requestPasswordReset } from "#lib/accounts/index.ts";
import { requestPasswordResetSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/auth/password-reset",
    summary: "Mail a link to choose a new password, if the address has an account",
    auth: "optional",
    rate: "passwordReset",
    body: requestPasswordResetSchema,
    answers: { 202: null },
  },
  async ({ body }) => {
    await requestPasswordReset(body.email);
    return { status: 202 };
  },
);

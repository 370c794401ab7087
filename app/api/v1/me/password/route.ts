import { changePassword } from "#lib/accounts/index.ts";
import { changePasswordSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const PUT = route(
  {
    method: "PUT",
    path: "/api/v1/me/password",
    summary: "Change the password; ends all other sessions",
    auth: "user",
    rate: "write",
    body: changePasswordSchema,
    answers: { 204: null },
    refusals: ["forbidden"],
  },
  async ({ actor, sessionId, body }) => {
    await changePassword(actor, sessionId, body);
    return { status: 204 };
  },
);

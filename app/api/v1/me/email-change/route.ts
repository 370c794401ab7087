import { cancelEmailChange, changeEmail } from "#lib/accounts/index.ts";
import { changeEmailSchema, emailChangeSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/me/email-change",
    summary:
      "Change the address, with a link mailed to the new one; an address that has an account is answered alike",
    auth: "user",
    rate: "write",
    body: changeEmailSchema,
    answers: { 202: emailChangeSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, sessionId, body }) => ({ status: 202, body: await changeEmail(actor, sessionId, body) }),
);

export const DELETE = route(
  {
    method: "DELETE",
    path: "/api/v1/me/email-change",
    summary: "Withdraw a change of address that is not confirmed yet",
    auth: "user",
    rate: "write",
    answers: { 204: null },
  },
  async ({ actor }) => {
    await cancelEmailChange(actor);
    return { status: 204 };
  },
);

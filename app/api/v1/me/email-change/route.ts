import * as api from "#lib/accounts/api.ts";
import { cancelEmailChange, changeEmail } from "#lib/accounts/index.ts";
import { changeEmailSchema, emailChangeSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.changeEmail,
  { body: changeEmailSchema, answers: { 202: emailChangeSchema } },
  async ({ actor, sessionId, body }) => ({ status: 202, body: await changeEmail(actor, sessionId, body) }),
);

export const DELETE = route(api.cancelEmailChange, { answers: { 204: null } }, async ({ actor }) => {
  await cancelEmailChange(actor);
  return { status: 204 };
});

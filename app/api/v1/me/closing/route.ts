import * as api from "#lib/accounts/api.ts";
import { closeAccount, getClosing } from "#lib/accounts/index.ts";
import { closeAccountSchema, closingSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(api.getClosing, { answers: { 200: closingSchema } }, async ({ actor }) => ({
  body: await getClosing(actor),
}));

export const POST = route(
  api.closeAccount,
  { body: closeAccountSchema, answers: { 204: null } },
  async ({ actor, sessionId, body }) => {
    await closeAccount(actor, sessionId, body);
    return { status: 204 };
  },
);

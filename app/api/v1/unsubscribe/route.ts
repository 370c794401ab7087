import { route } from "#lib/http/route.ts";
import * as api from "#lib/notifications/api.ts";
import { unsubscribe } from "#lib/notifications/index.ts";
import { unsubscribeQuerySchema, unsubscribeViewSchema } from "#lib/notifications/schema.ts";

/** Opening the address changes nothing: scanners of mail open addresses, too. */
export const GET = route(
  api.showUnsubscribe,
  { query: unsubscribeQuerySchema, answers: { 302: null } },
  ({ query: { token } }) =>
    Promise.resolve({
      status: 302,
      headers: { location: `/unsubscribe?token=${encodeURIComponent(token)}` },
    }),
);

/** What the body says is the same for all (RFC 8058), and not looked at. */
export const POST = route(
  api.unsubscribe,
  { query: unsubscribeQuerySchema, answers: { 200: unsubscribeViewSchema } },
  async ({ query: { token } }) => ({ body: await unsubscribe(token) }),
);

import * as api from "#lib/accounts/api.ts";
import { listSessions, revokeOtherSessions } from "#lib/accounts/index.ts";
import { sessionListSchema, listOwnSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  api.listSessions,
  { query: listOwnSchema, answers: { 200: sessionListSchema } },
  async ({ actor, sessionId, query }) => ({ body: await listSessions(actor, { sessionId, ...query }) }),
);

export const DELETE = route(
  api.revokeOtherSessions,
  { answers: { 204: null } },
  async ({ actor, sessionId }) => {
    await revokeOtherSessions(actor, sessionId);
    return { status: 204 };
  },
);

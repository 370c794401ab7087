import { z } from "zod";
import { listSessions, revokeOtherSessions } from "#lib/accounts/index.ts";
import { sessionListSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";
import { idSchema } from "#lib/http/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/me/sessions",
    summary: "The person's live sessions, newest first",
    auth: "user",
    rate: "read",
    query: z.object({ cursor: idSchema.optional() }),
    answers: { 200: sessionListSchema },
  },
  async ({ actor, sessionId, query }) => ({ body: await listSessions(actor, { sessionId, ...query }) }),
);

export const DELETE = route(
  {
    method: "DELETE",
    path: "/api/v1/me/sessions",
    summary: "End all of the person's sessions but the one that asks, at once",
    auth: "user",
    rate: "write",
    answers: { 204: null },
  },
  async ({ actor, sessionId }) => {
    await revokeOtherSessions(actor, sessionId);
    return { status: 204 };
  },
);

import { z } from "zod";
import { listSessions } from "#lib/accounts/index.ts";
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

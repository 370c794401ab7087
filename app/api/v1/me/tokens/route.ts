import { z } from "zod";
import { createToken, listTokens } from "#lib/accounts/index.ts";
import { createdTokenSchema, createTokenSchema, tokenListSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";
import { idSchema } from "#lib/http/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/me/tokens",
    summary: "The person's access tokens, newest first",
    auth: "user",
    rate: "read",
    query: z.object({ cursor: idSchema.optional() }),
    answers: { 200: tokenListSchema },
  },
  async ({ actor, query }) => ({ body: await listTokens(actor, query) }),
);

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/me/tokens",
    summary: "Create an access token, shown this once; needs a session",
    auth: "user",
    rate: "write",
    body: createTokenSchema,
    answers: { 201: createdTokenSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, sessionId, body }) => ({ status: 201, body: await createToken(actor, sessionId, body) }),
);

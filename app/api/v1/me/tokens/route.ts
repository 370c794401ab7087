import * as api from "#lib/accounts/api.ts";
import { createToken, listTokens } from "#lib/accounts/index.ts";
import {
  createdTokenSchema,
  createTokenSchema,
  tokenListSchema,
  listOwnSchema,
} from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  api.listTokens,
  { query: listOwnSchema, answers: { 200: tokenListSchema } },
  async ({ actor, query }) => ({ body: await listTokens(actor, query) }),
);

export const POST = route(
  api.createToken,
  { body: createTokenSchema, answers: { 201: createdTokenSchema } },
  async ({ actor, body }) => ({ status: 201, body: await createToken(actor, body) }),
);

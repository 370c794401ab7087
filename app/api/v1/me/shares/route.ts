import { route } from "#lib/http/route.ts";
import * as api from "#lib/shares/api.ts";
import { hideShare, listShares } from "#lib/shares/index.ts";
import { hideShareSchema, listSharesSchema, shareListSchema } from "#lib/shares/schema.ts";

export const GET = route(
  api.listShares,
  { query: listSharesSchema, answers: { 200: shareListSchema } },
  async ({ actor, query }) => ({ body: await listShares(actor, query) }),
);

export const PATCH = route(
  api.hideShare,
  { body: hideShareSchema, answers: { 204: null } },
  async ({ actor, body }) => {
    await hideShare(actor, body);
    return { status: 204 };
  },
);

import { route } from "#lib/http/route.ts";
import * as schema from "#lib/quota/schema.ts";
import * as api from "#lib/quota/api.ts";
import { quotaHistory } from "#lib/quota/index.ts";

export const GET = route(
  api.quotaHistory,
  { query: schema.quotaSpanSchema, answers: { 200: schema.quotaHistorySchema } },
  async ({ actor, query }) => ({ body: await quotaHistory(actor, query) }),
);

import { route } from "#lib/http/route.ts";
import * as schema from "#lib/quota/schema.ts";
import * as api from "#lib/quota/api.ts";
import { summarizeQuotas } from "#lib/quota/index.ts";

export const GET = route(
  api.summarizeQuotas,
  { query: schema.quotaSpanSchema, answers: { 200: schema.quotaSummarySchema } },
  async ({ actor, query }) => ({ body: await summarizeQuotas(actor, query) }),
);

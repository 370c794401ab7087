import { route } from "#lib/http/route.ts";
import * as schema from "#lib/quota/schema.ts";
import * as api from "#lib/quota/api.ts";
import { listQuotas } from "#lib/quota/index.ts";

export const GET = route(
  api.listQuotas,
  { query: schema.listQuotasSchema, answers: { 200: schema.quotaListSchema } },
  async ({ actor, query }) => ({ body: await listQuotas(actor, query) }),
);

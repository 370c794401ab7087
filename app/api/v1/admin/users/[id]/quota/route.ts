import { route } from "#lib/http/route.ts";
import * as schema from "#lib/quota/schema.ts";
import * as api from "#lib/quota/api.ts";
import { setQuota } from "#lib/quota/index.ts";

export const PATCH = route(
  api.setQuota,
  { params: schema.quotaParams, body: schema.setQuotaSchema, answers: { 200: schema.quotaPersonSchema } },
  async ({ actor, params, body }) => ({ body: await setQuota(actor, params.id, body) }),
);

import { route } from "#lib/http/route.ts";
import * as api from "#lib/quota/api.ts";
import { getQuota } from "#lib/quota/index.ts";
import { quotaViewSchema } from "#lib/quota/schema.ts";

export const GET = route(api.getQuota, { answers: { 200: quotaViewSchema } }, async ({ actor }) => ({
  body: await getQuota(actor),
}));

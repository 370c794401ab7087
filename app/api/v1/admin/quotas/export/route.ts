import { route } from "#lib/http/route.ts";
import { streamed } from "#lib/http/stream.ts";
import * as schema from "#lib/quota/schema.ts";
import * as api from "#lib/quota/api.ts";
import { exportQuotas } from "#lib/quota/index.ts";

export const GET = route(
  api.exportQuotas,
  { query: schema.exportQuotasSchema, answers: { 200: null } },
  async ({ actor, query }) => streamed(await exportQuotas(actor, query)),
);

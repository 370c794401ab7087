import * as api from "#lib/audit/api.ts";
import { exportAudit } from "#lib/audit/index.ts";
import { exportAuditSchema } from "#lib/audit/schema.ts";
import { route } from "#lib/http/route.ts";
import { streamed } from "#lib/http/stream.ts";

export const GET = route(
  api.exportAudit,
  { query: exportAuditSchema, answers: { 200: null } },
  async ({ actor, query }) => streamed(await exportAudit(actor, query)),
);

import * as api from "#lib/audit/api.ts";
import { listAudit } from "#lib/audit/index.ts";
import { auditListSchema, listAuditSchema } from "#lib/audit/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  api.listAudit,
  { query: listAuditSchema, answers: { 200: auditListSchema } },
  async ({ actor, query }) => ({ body: await listAudit(actor, query) }),
);

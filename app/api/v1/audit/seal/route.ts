import * as api from "#lib/audit/api.ts";
import { changeAuditSeal, getAuditSeal } from "#lib/audit/index.ts";
import { auditSealSchema, changeAuditSealSchema } from "#lib/audit/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(api.getAuditSeal, { answers: { 200: auditSealSchema } }, async ({ actor }) => ({
  body: await getAuditSeal(actor),
}));

export const PATCH = route(
  api.changeAuditSeal,
  { body: changeAuditSealSchema, answers: { 200: auditSealSchema } },
  async ({ actor, body }) => ({ body: await changeAuditSeal(actor, body) }),
);

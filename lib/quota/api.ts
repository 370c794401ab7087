import { operation } from "#lib/http/operation.ts";
import type * as schema from "./schema.ts";

export const getQuota = operation<{ answers: { 200: typeof schema.quotaViewSchema } }>()({
  method: "GET",
  path: "/api/v1/me/quota",
  summary: "Limits and use",
  auth: "user",
  rate: "poll",
});

/** For who runs the instance; all others are refused (`forbidden`, system_admin). */
const forAdmins = { auth: "user", scope: "admin", refusals: ["forbidden"] } as const;

export const listQuotas = operation<{
  query: typeof schema.listQuotasSchema;
  answers: { 200: typeof schema.quotaListSchema };
}>()({
  ...forAdmins,
  method: "GET",
  path: "/api/v1/admin/quotas",
  summary: "Everybody with what they use and may use; nothing of what it is. System admins only",
  rate: "read",
});

export const exportQuotas = operation<{
  query: typeof schema.exportQuotasSchema;
  answers: { 200: null };
}>()({
  ...forAdmins,
  method: "GET",
  path: "/api/v1/admin/quotas/export",
  summary: "The same as CSV. System admins only",
  rate: "export",
});

export const summarizeQuotas = operation<{
  query: typeof schema.quotaSpanSchema;
  answers: { 200: typeof schema.quotaSummarySchema };
}>()({
  ...forAdmins,
  method: "GET",
  path: "/api/v1/admin/quotas/summary",
  summary:
    "What everybody uses together, who is near a limit or over it, and how full people are. System admins only",
  rate: "read",
});

export const quotaHistory = operation<{
  query: typeof schema.quotaSpanSchema;
  answers: { 200: typeof schema.quotaHistorySchema };
}>()({
  ...forAdmins,
  method: "GET",
  path: "/api/v1/admin/quotas/history",
  summary: "What was stored at the end of each of the last days, and what was refused. System admins only",
  rate: "read",
});

export const setQuota = operation<{
  params: typeof schema.quotaParams;
  body: typeof schema.setQuotaSchema;
  answers: { 200: typeof schema.quotaPersonSchema };
}>()({
  ...forAdmins,
  method: "PATCH",
  path: "/api/v1/admin/users/{id}/quota",
  summary:
    "Give a person another tier or limits of their own; nothing they use is taken away. System admins only",
  rate: "write",
  refusals: ["forbidden", "not_found"],
});

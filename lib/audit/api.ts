import { operation } from "#lib/http/operation.ts";
import type * as schema from "./schema.ts";

export const listAudit = operation<{
  query: typeof schema.listAuditSchema;
  answers: { 200: typeof schema.auditListSchema };
}>()({
  method: "GET",
  path: "/api/v1/audit",
  summary:
    "What happened in a collection, for those who manage its permissions, or in the workspace, for its admins; newest first",
  auth: "user",
  scope: "admin",
  rate: "read",
  refusals: ["forbidden"],
});

export const exportAudit = operation<{
  query: typeof schema.exportAuditSchema;
  answers: { 200: null };
}>()({
  method: "GET",
  path: "/api/v1/audit/export",
  summary: "The same as CSV, or as JSON Lines with what proves each entry; the export is itself an entry",
  auth: "user",
  scope: "admin",
  rate: "export",
  refusals: ["forbidden"],
});

export const getAuditSeal = operation<{ answers: { 200: typeof schema.auditSealSchema } }>()({
  method: "GET",
  path: "/api/v1/audit/seal",
  summary: "How far the workspace's log is sealed, and the last signed checkpoint; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "read",
  refusals: ["forbidden"],
});

export const changeAuditSeal = operation<{
  body: typeof schema.changeAuditSealSchema;
  answers: { 200: typeof schema.auditSealSchema };
}>()({
  method: "PATCH",
  path: "/api/v1/audit/seal",
  summary: "Choose whether the workspace's admins get checkpoints by mail; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden"],
});

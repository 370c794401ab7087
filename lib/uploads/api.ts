import { operation } from "#lib/http/operation.ts";
import type * as http from "#lib/http/schema.ts";
import type * as schema from "#lib/documents/schema.ts";

export const requestUpload = operation<{
  body: typeof schema.uploadUrlSchema;
  answers: { 201: typeof schema.uploadUrlViewSchema };
}>()({
  method: "POST",
  path: "/api/v1/documents/upload-url",
  summary:
    "Make a pending document and get a presigned address for its bytes; what would not fit the quota even alone, or is too much under way, is refused at once",
  auth: "user",
  rate: "upload",
  refusals: ["forbidden", "conflict", "file_too_large", "type_not_allowed", "quota_exceeded"],
});

export const confirmUpload = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.documentDetailSchema };
}>()({
  method: "POST",
  path: "/api/v1/documents/{id}/confirm",
  summary: "Make an uploaded document real and charge its owner; repeating it charges nothing",
  auth: "user",
  rate: "upload",
  refusals: [
    "forbidden",
    "not_found",
    "conflict",
    "content_mismatch",
    "quota_exceeded",
    "upstream_unavailable",
  ],
});

import { operation } from "#lib/http/operation.ts";
import type * as schema from "./schema.ts";

export const getQuota = operation<{ answers: { 200: typeof schema.quotaViewSchema } }>()({
  method: "GET",
  path: "/api/v1/me/quota",
  summary: "Limits and use",
  auth: "user",
  rate: "poll",
});

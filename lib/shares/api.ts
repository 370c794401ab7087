import { operation } from "#lib/http/operation.ts";
import type * as schema from "./schema.ts";

export const listShares = operation<{
  query: typeof schema.listSharesSchema;
  answers: { 200: typeof schema.shareListSchema };
}>()({
  method: "GET",
  path: "/api/v1/me/shares",
  summary: "What others shared with one: by whom, when, with which role and through what",
  auth: "user",
  rate: "read",
});

export const listShareGivers = operation<{ answers: { 200: typeof schema.shareGiversSchema } }>()({
  method: "GET",
  path: "/api/v1/me/shares/givers",
  summary: "Who shared something with one, by name",
  auth: "user",
  rate: "read",
});

export const hideShare = operation<{
  body: typeof schema.hideShareSchema;
  answers: { 204: null };
}>()({
  method: "PATCH",
  path: "/api/v1/me/shares",
  summary: "Take something out of the list of what is shared with one, or put it back; access stays as it is",
  auth: "user",
  rate: "write",
  refusals: ["not_found"],
});

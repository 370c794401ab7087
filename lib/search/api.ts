import { operation } from "#lib/http/operation.ts";
import type * as schema from "./schema.ts";

export const search = operation<{
  query: typeof schema.searchQuerySchema;
  answers: { 200: typeof schema.searchResultSchema };
}>()({
  method: "GET",
  path: "/api/v1/search",
  summary:
    "Documents by their names and texts, collections and people by their names: of all that one may open, or one collection",
  auth: "user",
  rate: "search",
  refusals: ["forbidden"],
});

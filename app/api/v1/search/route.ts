import { route } from "#lib/http/route.ts";
import * as api from "#lib/search/api.ts";
import { search } from "#lib/search/index.ts";
import { searchQuerySchema, searchResultSchema } from "#lib/search/schema.ts";

export const GET = route(
  api.search,
  { query: searchQuerySchema, answers: { 200: searchResultSchema } },
  async ({ actor, query }) => ({ body: await search(actor, query) }),
);

import { route } from "#lib/http/route.ts";
import * as api from "#lib/sharing/api.ts";
import { suggestSubjects } from "#lib/sharing/index.ts";
import { subjectsSchema, suggestSubjectsSchema } from "#lib/sharing/schema.ts";

export const GET = route(
  api.suggestSubjects,
  { query: suggestSubjectsSchema, answers: { 200: subjectsSchema } },
  async ({ actor, query }) => ({ body: await suggestSubjects(actor, query) }),
);

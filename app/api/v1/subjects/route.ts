import { route } from "#lib/http/route.ts";
import { suggestSubjects } from "#lib/sharing/index.ts";
import { subjectsSchema, suggestSubjectsSchema } from "#lib/sharing/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/subjects",
    summary:
      "People and groups of the workspace that something can be shared with, by a part of name or address",
    auth: "user",
    rate: "read",
    query: suggestSubjectsSchema,
    answers: { 200: subjectsSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, query }) => ({ body: await suggestSubjects(actor, query) }),
);

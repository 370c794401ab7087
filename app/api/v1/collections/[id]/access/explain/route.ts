import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { explainSchema, explanationSchema } from "#lib/sharing/access-schema.ts";
import { explain, explainAddress } from "#lib/sharing/index.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/collections/{id}/access/explain",
    summary: "Why a person may or may not do each thing; about others only with manage_permissions",
    auth: "user",
    rate: "read",
    params: idParams,
    query: explainSchema,
    answers: { 200: explanationSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params, query }) => {
    const resource = { type: "collection", id: params.id } as const;
    return {
      body: query.email
        ? await explainAddress(actor, resource, query.email)
        : await explain(actor, resource, query.userId),
    };
  },
);

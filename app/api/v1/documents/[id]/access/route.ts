import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { accessListSchema, listAccessSchema } from "#lib/sharing/access-schema.ts";
import { listAccess } from "#lib/sharing/index.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/documents/{id}/access",
    summary: "Who can open the document, as what and from where; only oneself without manage_permissions",
    auth: "user",
    rate: "read",
    params: idParams,
    query: listAccessSchema,
    answers: { 200: accessListSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params, query }) => ({
    body: await listAccess(actor, { type: "document", id: params.id }, query),
  }),
);

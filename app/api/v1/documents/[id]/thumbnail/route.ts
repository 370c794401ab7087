import { getThumbnailUrl } from "#lib/documents/index.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/documents/{id}/thumbnail",
    summary: "Redirect to the picture of the first page",
    auth: "user",
    rate: "poll",
    params: idParams,
    answers: { 302: null },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params }) => ({
    status: 302,
    headers: { location: (await getThumbnailUrl(actor, params.id)).url },
  }),
);

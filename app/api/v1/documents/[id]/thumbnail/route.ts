import * as api from "#lib/documents/api.ts";
import { getThumbnailUrl } from "#lib/documents/index.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  api.getThumbnail,
  { params: idParams, answers: { 302: null } },
  async ({ actor, params }) => ({
    status: 302,
    headers: { location: (await getThumbnailUrl(actor, params.id)).url },
  }),
);

import { route } from "#lib/http/route.ts";
import * as api from "#lib/links/api.ts";
import { countSharedPages, enterLink } from "#lib/links/index.ts";
import { sharedDocumentParams, sharedPagesSchema } from "#lib/links/schema.ts";
import { arrivalOf } from "../../../../arrival.ts";

export const GET = route(
  api.getSharedPages,
  { params: sharedDocumentParams, answers: { 200: sharedPagesSchema } },
  async (call) => {
    const visit = await enterLink(arrivalOf(call));
    return { body: { pageCount: await countSharedPages(visit, call.params.id) }, cookies: visit.setCookies };
  },
);

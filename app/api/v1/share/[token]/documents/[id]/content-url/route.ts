import { route } from "#lib/http/route.ts";
import * as api from "#lib/links/api.ts";
import { enterLink, getSharedContentUrl } from "#lib/links/index.ts";
import { sharedContentUrlSchema, sharedDocumentParams } from "#lib/links/schema.ts";
import { arrivalOf } from "../../../../arrival.ts";

export const GET = route(
  api.getSharedContentUrl,
  { params: sharedDocumentParams, answers: { 200: sharedContentUrlSchema } },
  async (call) => {
    const visit = await enterLink(arrivalOf(call));
    return {
      body: await getSharedContentUrl(visit, call.params.id, "inline"),
      cookies: visit.setCookies,
    };
  },
);

import { route } from "#lib/http/route.ts";
import { downloadSchema } from "#lib/documents/schema.ts";
import * as api from "#lib/links/api.ts";
import { enterLink, getSharedContentUrl } from "#lib/links/index.ts";
import { sharedDocumentParams } from "#lib/links/schema.ts";
import { arrivalOf } from "../../../../arrival.ts";

export const GET = route(
  api.downloadShared,
  { params: sharedDocumentParams, query: downloadSchema, answers: { 302: null } },
  async (call) => {
    const visit = await enterLink(arrivalOf(call));
    const { url } = await getSharedContentUrl(
      visit,
      call.params.id,
      call.query.inline === "1" ? "inline" : "attachment",
    );
    return { status: 302, headers: { location: url }, cookies: visit.setCookies };
  },
);

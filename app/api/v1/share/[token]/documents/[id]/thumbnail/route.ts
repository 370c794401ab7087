import { route } from "#lib/http/route.ts";
import * as api from "#lib/links/api.ts";
import { enterLink, getMarkedThumbnail, getSharedThumbnailUrl } from "#lib/links/index.ts";
import { sharedDocumentParams } from "#lib/links/schema.ts";
import { arrivalOf } from "../../../../arrival.ts";
import { pictureResponse } from "../../../../picture-response.ts";

export const GET = route(
  api.getSharedThumbnail,
  { params: sharedDocumentParams, answers: { 200: null, 302: null } },
  async (call) => {
    const visit = await enterLink(arrivalOf(call));
    if (visit.link.watermark) return pictureResponse(await getMarkedThumbnail(visit, call.params.id), visit);
    const { url } = await getSharedThumbnailUrl(visit, call.params.id);
    return { status: 302, headers: { location: url }, cookies: visit.setCookies };
  },
);

import { route } from "#lib/http/route.ts";
import * as api from "#lib/links/api.ts";
import { enterLink, getSharedPage } from "#lib/links/index.ts";
import { sharedPageParams } from "#lib/links/schema.ts";
import { arrivalOf } from "../../../../../arrival.ts";
import { pictureResponse } from "../../../../../picture-response.ts";

export const GET = route(
  api.getSharedPage,
  { params: sharedPageParams, answers: { 200: null } },
  async (call) => {
    const visit = await enterLink(arrivalOf(call));
    return pictureResponse(await getSharedPage(visit, call.params.id, call.params.page), visit);
  },
);

import { route } from "#lib/http/route.ts";
import * as api from "#lib/links/api.ts";
import { enterLink, getSharedDocument } from "#lib/links/index.ts";
import { sharedDocumentParams, sharedDocumentSchema } from "#lib/links/schema.ts";
import { arrivalOf } from "../../../arrival.ts";

export const GET = route(
  api.getSharedDocument,
  { params: sharedDocumentParams, answers: { 200: sharedDocumentSchema } },
  async (call) => {
    const visit = await enterLink(arrivalOf(call));
    return { body: await getSharedDocument(visit, call.params.id), cookies: visit.setCookies };
  },
);

import { route } from "#lib/http/route.ts";
import * as api from "#lib/links/api.ts";
import { enterLink, listSharedDocuments } from "#lib/links/index.ts";
import { sharedDocumentListSchema, sharedDocumentsQuery, tokenParams } from "#lib/links/schema.ts";
import { arrivalOf } from "../../arrival.ts";

export const GET = route(
  api.listSharedDocuments,
  { params: tokenParams, query: sharedDocumentsQuery, answers: { 200: sharedDocumentListSchema } },
  async (call) => {
    const visit = await enterLink(arrivalOf(call));
    return { body: await listSharedDocuments(visit, call.query.cursor), cookies: visit.setCookies };
  },
);

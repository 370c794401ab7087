import * as api from "#lib/documents/api.ts";
import { getContentUrl } from "#lib/documents/index.ts";
import { downloadSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  api.downloadDocument,
  { params: idParams, query: downloadSchema, answers: { 302: null } },
  async ({ actor, params, query }) => {
    const { url } = await getContentUrl(actor, params.id, query.inline === "1" ? "inline" : "attachment");
    return { status: 302, headers: { location: url } };
  },
);

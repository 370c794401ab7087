import { z } from "zod";
import { getContentUrl } from "#lib/documents/index.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/documents/{id}/download",
    summary: "Redirect to the file, for saving; with inline=1 for showing in place",
    auth: "user",
    rate: "read",
    params: idParams,
    query: z.object({ inline: z.enum(["0", "1"]).default("0") }),
    answers: { 302: null },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params, query }) => {
    const { url } = await getContentUrl(actor, params.id, query.inline === "1" ? "inline" : "attachment");
    return { status: 302, headers: { location: url } };
  },
);

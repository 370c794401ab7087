import { z } from "zod";
import { getContentUrl } from "#lib/documents/index.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/documents/{id}/content-url",
    summary: "A presigned address of the file for viewers, which read it in ranges",
    auth: "user",
    rate: "read",
    params: idParams,
    answers: { 200: z.object({ url: z.string(), expiresAt: z.iso.datetime() }) },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params }) => ({ body: await getContentUrl(actor, params.id, "inline") }),
);

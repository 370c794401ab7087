import { restartProcessing } from "#lib/documents/index.ts";
import { documentDetailSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/documents/{id}/process",
    summary: "Read a document again: pages, text, thumbnail",
    auth: "user",
    rate: "write",
    params: idParams,
    answers: { 202: documentDetailSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params }) => ({ status: 202, body: await restartProcessing(actor, params.id) }),
);

import { restoreDocument } from "#lib/documents/index.ts";
import { documentViewSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/documents/{id}/restore",
    summary: "Bring back from the trash",
    auth: "user",
    rate: "write",
    params: idParams,
    answers: { 200: documentViewSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params }) => ({ body: await restoreDocument(actor, params.id) }),
);

import { documentDetailSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { confirmUpload } from "#lib/uploads/index.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/documents/{id}/confirm",
    summary: "Make an uploaded document real and charge its owner; repeating it charges nothing",
    auth: "user",
    rate: "upload",
    params: idParams,
    answers: { 200: documentDetailSchema },
    refusals: [
      "forbidden",
      "not_found",
      "conflict",
      "content_mismatch",
      "quota_exceeded",
      "upstream_unavailable",
    ],
  },
  async ({ actor, params }) => ({ body: await confirmUpload(actor, params.id) }),
);

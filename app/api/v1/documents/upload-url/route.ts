import { uploadUrlSchema, uploadUrlViewSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";
import { requestUpload } from "#lib/uploads/index.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/documents/upload-url",
    summary: "Make a pending document and get a presigned address for its bytes",
    auth: "user",
    rate: "upload",
    body: uploadUrlSchema,
    answers: { 201: uploadUrlViewSchema },
    refusals: ["forbidden", "file_too_large", "type_not_allowed"],
  },
  async ({ actor, body }) => ({ status: 201, body: await requestUpload(actor, body) }),
);

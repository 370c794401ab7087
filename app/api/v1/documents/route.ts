import { listDocuments } from "#lib/documents/index.ts";
import { documentListSchema, listDocumentsSchema } from "#lib/documents/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/documents",
    summary: "Documents, newest first: of a collection, the trash, the latest, or shared by others",
    auth: "user",
    rate: "read",
    query: listDocumentsSchema,
    answers: { 200: documentListSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, query }) => ({ body: await listDocuments(actor, query) }),
);

import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { grant, listGrants } from "#lib/sharing/index.ts";
import { addedGrantSchema, grantInputSchema, grantListSchema } from "#lib/sharing/schema.ts";

const path = "/api/v1/documents/{id}/collaborators";

export const GET = route(
  {
    method: "GET",
    path,
    summary: "People and groups with a grant on the document, and invitations",
    auth: "user",
    rate: "read",
    params: idParams,
    answers: { 200: grantListSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params }) => ({ body: await listGrants(actor, { type: "document", id: params.id }) }),
);

export const POST = route(
  {
    method: "POST",
    path,
    summary: "Give an address or a group a role; answers alike whether or not the address has an account",
    auth: "user",
    rate: "share",
    params: idParams,
    body: grantInputSchema,
    answers: { 201: addedGrantSchema },
    refusals: ["forbidden", "not_found", "quota_exceeded"],
  },
  async ({ actor, params, body }) => ({
    status: 201,
    body: await grant(actor, { type: "document", id: params.id }, body),
  }),
);

import { route } from "#lib/http/route.ts";
import { changeGrant, revoke } from "#lib/sharing/index.ts";
import { changeGrantSchema, collaboratorParams, grantViewSchema } from "#lib/sharing/schema.ts";

const path = "/api/v1/documents/{id}/collaborators/{collaboratorId}";

export const PATCH = route(
  {
    method: "PATCH",
    path,
    summary: "Change role or end",
    auth: "user",
    rate: "write",
    params: collaboratorParams,
    body: changeGrantSchema,
    answers: { 200: grantViewSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params, body }) => ({
    body: await changeGrant(actor, { type: "document", id: params.id }, params.collaboratorId, body),
  }),
);

export const DELETE = route(
  {
    method: "DELETE",
    path,
    summary: "End a grant or an invitation",
    auth: "user",
    rate: "write",
    params: collaboratorParams,
    answers: { 204: null },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params }) => {
    await revoke(actor, { type: "document", id: params.id }, params.collaboratorId);
    return { status: 204 };
  },
);

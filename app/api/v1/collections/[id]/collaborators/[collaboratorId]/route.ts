import { route } from "#lib/http/route.ts";
import { changeCollaborator, removeCollaborator } from "#lib/sharing/index.ts";
import { changeCollaboratorSchema, collaboratorParams, collaboratorViewSchema } from "#lib/sharing/schema.ts";

const path = "/api/v1/collections/{id}/collaborators/{collaboratorId}";

export const PATCH = route(
  {
    method: "PATCH",
    path,
    summary: "Change role or end",
    auth: "user",
    rate: "write",
    params: collaboratorParams,
    body: changeCollaboratorSchema,
    answers: { 200: collaboratorViewSchema },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params, body }) => ({
    body: await changeCollaborator(actor, params.id, params.collaboratorId, body),
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
    await removeCollaborator(actor, params.id, params.collaboratorId);
    return { status: 204 };
  },
);

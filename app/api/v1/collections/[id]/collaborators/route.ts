import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { addCollaborator, listCollaborators } from "#lib/sharing/index.ts";
import {
  addCollaboratorSchema,
  addedCollaboratorSchema,
  collaboratorListSchema,
} from "#lib/sharing/schema.ts";

const path = "/api/v1/collections/{id}/collaborators";

export const GET = route(
  {
    method: "GET",
    path,
    summary: "People with access, and invitations",
    auth: "user",
    rate: "read",
    params: idParams,
    answers: { 200: collaboratorListSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, params }) => ({ body: await listCollaborators(actor, params.id) }),
);

export const POST = route(
  {
    method: "POST",
    path,
    summary: "Give an address a role; answers alike whether or not it has an account",
    auth: "user",
    rate: "share",
    params: idParams,
    body: addCollaboratorSchema,
    answers: { 201: addedCollaboratorSchema },
    refusals: ["forbidden", "quota_exceeded"],
  },
  async ({ actor, params, body }) => ({ status: 201, body: await addCollaborator(actor, params.id, body) }),
);

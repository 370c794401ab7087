import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { revokeInvitation } from "#lib/workspaces/index.ts";

export const DELETE = route(
  {
    method: "DELETE",
    path: "/api/v1/workspace/invitations/{id}",
    summary: "Take an invitation back; workspace admins only",
    auth: "user",
    rate: "write",
    params: idParams,
    answers: { 204: null },
    refusals: ["forbidden", "not_found"],
  },
  async ({ actor, params }) => {
    await revokeInvitation(actor, params.id);
    return { status: 204 };
  },
);

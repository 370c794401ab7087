import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { declineOffer } from "#lib/workspaces/index.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/me/workspace-invitations/{id}/decline",
    summary: "Turn an invitation into a workspace down",
    auth: "user",
    rate: "write",
    params: idParams,
    answers: { 204: null },
    refusals: ["not_found"],
  },
  async ({ actor, params }) => {
    await declineOffer(actor, params.id);
    return { status: 204 };
  },
);

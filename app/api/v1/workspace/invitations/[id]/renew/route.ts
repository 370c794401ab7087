import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { renewInvitation } from "#lib/workspaces/index.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/workspace/invitations/{id}/renew",
    summary: "Send an invitation once more and count its days anew, every ten minutes; workspace admins only",
    auth: "user",
    rate: "share",
    params: idParams,
    answers: { 204: null },
    refusals: ["forbidden", "not_found", "conflict"],
  },
  async ({ actor, params }) => {
    await renewInvitation(actor, params.id);
    return { status: 204 };
  },
);

import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { acceptOffer } from "#lib/workspaces/index.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/me/workspace-invitations/{id}/accept",
    summary: "Join the workspace, with the collections one owns",
    auth: "user",
    rate: "write",
    params: idParams,
    answers: { 204: null },
    refusals: ["not_found", "conflict"],
  },
  async ({ actor, params }) => {
    await acceptOffer(actor, params.id);
    return { status: 204 };
  },
);

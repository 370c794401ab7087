import { revokeToken } from "#lib/accounts/index.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const DELETE = route(
  {
    method: "DELETE",
    path: "/api/v1/me/tokens/{id}",
    summary: "Revoke one of the person's access tokens at once",
    auth: "user",
    rate: "write",
    params: idParams,
    answers: { 204: null },
    refusals: ["not_found"],
  },
  async ({ actor, params }) => {
    await revokeToken(actor, params.id);
    return { status: 204 };
  },
);

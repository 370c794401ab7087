import { revokeSession } from "#lib/accounts/index.ts";
import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";

export const DELETE = route(
  {
    method: "DELETE",
    path: "/api/v1/me/sessions/{id}",
    summary: "End one of the person's sessions at once",
    auth: "user",
    rate: "write",
    params: idParams,
    answers: { 204: null },
    refusals: ["not_found"],
  },
  async ({ actor, params }) => {
    await revokeSession(actor, params.id);
    return { status: 204 };
  },
);

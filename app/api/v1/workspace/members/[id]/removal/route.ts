import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import { getRemoval } from "#lib/workspaces/index.ts";
import { removalSchema } from "#lib/workspaces/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/workspace/members/{id}/removal",
    summary: "What removing a member would take from them, and what stands in the way",
    auth: "user",
    rate: "read",
    params: idParams,
    answers: { 200: removalSchema },
    refusals: ["not_found"],
  },
  async ({ actor, params }) => ({ body: await getRemoval(actor, params.id) }),
);

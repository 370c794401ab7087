import { removeSecondFactor } from "#lib/accounts/index.ts";
import { proofSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/me/second-factor/remove",
    summary: "Turn the second factor off",
    auth: "user",
    rate: "write",
    body: proofSchema,
    answers: { 204: null },
    refusals: ["forbidden", "conflict"],
  },
  async ({ actor, body }) => {
    await removeSecondFactor(actor, body);
    return { status: 204 };
  },
);

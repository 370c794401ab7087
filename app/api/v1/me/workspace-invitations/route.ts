import { route } from "#lib/http/route.ts";
import { listOffers } from "#lib/workspaces/index.ts";
import { offerListSchema } from "#lib/workspaces/schema.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/me/workspace-invitations",
    summary: "Workspaces that one's address is invited to, and what joining would mean",
    auth: "user",
    rate: "read",
    answers: { 200: offerListSchema },
  },
  async ({ actor }) => ({ body: await listOffers(actor) }),
);

import { getViewer } from "#lib/accounts/index.ts";
import { viewerSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(
  {
    method: "GET",
    path: "/api/v1/me",
    summary: "The signed-in person",
    auth: "user",
    rate: "read",
    answers: { 200: viewerSchema },
  },
  async ({ actor }) => ({ body: await getViewer(actor) }),
);

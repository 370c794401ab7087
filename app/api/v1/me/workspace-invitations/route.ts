import { route } from "#lib/http/route.ts";
import * as api from "#lib/workspaces/api.ts";
import { listOffers } from "#lib/workspaces/index.ts";
import { offerListSchema } from "#lib/workspaces/schema.ts";

export const GET = route(api.listOffers, { answers: { 200: offerListSchema } }, async ({ actor }) => ({
  body: await listOffers(actor),
}));

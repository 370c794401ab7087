import * as api from "#lib/accounts/api.ts";
import { listIdentities } from "#lib/accounts/index.ts";
import { identityListSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(api.listIdentities, { answers: { 200: identityListSchema } }, async ({ actor }) => ({
  body: await listIdentities(actor),
}));

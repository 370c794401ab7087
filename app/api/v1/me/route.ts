import * as api from "#lib/accounts/api.ts";
import { getViewer } from "#lib/accounts/index.ts";
import { viewerSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const GET = route(api.getMe, { answers: { 200: viewerSchema } }, async ({ actor }) => ({
  body: await getViewer(actor),
}));

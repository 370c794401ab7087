import { route } from "#lib/http/route.ts";
import * as api from "#lib/shares/api.ts";
import { listShareGivers } from "#lib/shares/index.ts";
import { shareGiversSchema } from "#lib/shares/schema.ts";

export const GET = route(api.listShareGivers, { answers: { 200: shareGiversSchema } }, async ({ actor }) => ({
  body: await listShareGivers(actor),
}));

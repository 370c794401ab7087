import { route } from "#lib/http/route.ts";
import * as api from "#lib/realtime/api.ts";
import { openStream } from "#lib/realtime/index.ts";

export const GET = route(api.streamEvents, { answers: { 200: null } }, ({ actor, request }) =>
  openStream(actor, request),
);

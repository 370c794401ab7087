import { route } from "#lib/http/route.ts";
import * as api from "#lib/links/api.ts";
import { unlockLink } from "#lib/links/index.ts";
import { tokenParams, unlockLinkSchema } from "#lib/links/schema.ts";
import { arrivalOf } from "../../arrival.ts";

export const POST = route(
  api.unlockLink,
  { params: tokenParams, body: unlockLinkSchema, answers: { 204: null } },
  async (call) => ({ status: 204, cookies: await unlockLink(arrivalOf(call), call.body) }),
);

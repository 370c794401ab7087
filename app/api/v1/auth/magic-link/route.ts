import * as api from "#lib/accounts/api.ts";
import { originOf, requestMagicLink } from "#lib/accounts/index.ts";
import { requestMagicLinkSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.requestMagicLink,
  { body: requestMagicLinkSchema, answers: { 202: null } },
  async (call) => {
    await requestMagicLink(call.body, originOf(call));
    return { status: 202 };
  },
);

import { route } from "#lib/http/route.ts";
import * as api from "#lib/links/api.ts";
import { meetShared } from "#lib/links/index.ts";
import { sharedViewSchema, tokenParams } from "#lib/links/schema.ts";
import { arrivalOf } from "../arrival.ts";

export const GET = route(
  api.getShared,
  { params: tokenParams, answers: { 200: sharedViewSchema } },
  async (call) => {
    const { told, setCookies } = await meetShared(arrivalOf(call));
    return { body: told, cookies: setCookies };
  },
);

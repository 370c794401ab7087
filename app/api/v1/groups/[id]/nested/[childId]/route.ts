import * as api from "#lib/groups/api.ts";
import { unnestGroup } from "#lib/groups/index.ts";
import { nestedParams } from "#lib/groups/schema.ts";
import { route } from "#lib/http/route.ts";

export const DELETE = route(
  api.unnestGroup,
  { params: nestedParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await unnestGroup(actor, params.id, params.childId);
    return { status: 204 };
  },
);

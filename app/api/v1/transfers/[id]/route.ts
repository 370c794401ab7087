import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/ownership/api.ts";
import { getTransfer, withdrawTransfer } from "#lib/ownership/index.ts";
import { transferSchema } from "#lib/ownership/schema.ts";

export const GET = route(
  api.getTransfer,
  { params: idParams, answers: { 200: transferSchema } },
  async ({ actor, params }) => ({ body: await getTransfer(actor, params.id) }),
);

export const DELETE = route(
  api.withdrawTransfer,
  { params: idParams, answers: { 204: null } },
  async ({ actor, params }) => {
    await withdrawTransfer(actor, params.id);
    return { status: 204 };
  },
);

import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/ownership/api.ts";
import { declineTransfer } from "#lib/ownership/index.ts";
import { transferSchema } from "#lib/ownership/schema.ts";

export const POST = route(
  api.declineTransfer,
  { params: idParams, answers: { 200: transferSchema } },
  async ({ actor, params }) => ({ body: await declineTransfer(actor, params.id) }),
);

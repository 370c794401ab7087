import { route } from "#lib/http/route.ts";
import { idParams } from "#lib/http/schema.ts";
import * as api from "#lib/ownership/api.ts";
import { findTransferOf, offerTransfer } from "#lib/ownership/index.ts";
import { offerTransferSchema, transferSchema, waitingTransferSchema } from "#lib/ownership/schema.ts";

export const GET = route(
  api.findTransferOf,
  { params: idParams, answers: { 200: waitingTransferSchema } },
  async ({ actor, params }) => ({ body: await findTransferOf(actor, params.id) }),
);

export const POST = route(
  api.offerTransfer,
  { params: idParams, body: offerTransferSchema, answers: { 201: transferSchema } },
  async ({ actor, params, body }) => ({ status: 201, body: await offerTransfer(actor, params.id, body) }),
);

import * as api from "#lib/accounts/api.ts";
import { renewBackupCodes } from "#lib/accounts/index.ts";
import { backupCodesSchema, proofSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  api.renewBackupCodes,
  { body: proofSchema, answers: { 200: backupCodesSchema } },
  async ({ actor, sessionId, body }) => ({ body: await renewBackupCodes(actor, sessionId, body) }),
);

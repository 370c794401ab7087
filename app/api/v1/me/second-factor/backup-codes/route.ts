import { renewBackupCodes } from "#lib/accounts/index.ts";
import { backupCodesSchema, proofSchema } from "#lib/accounts/schema.ts";
import { route } from "#lib/http/route.ts";

export const POST = route(
  {
    method: "POST",
    path: "/api/v1/me/second-factor/backup-codes",
    summary: "New backup codes, shown this once; the old ones stop working",
    auth: "user",
    rate: "write",
    body: proofSchema,
    answers: { 200: backupCodesSchema },
    refusals: ["forbidden", "conflict"],
  },
  async ({ actor, body }) => ({ body: await renewBackupCodes(actor, body) }),
);

import { system } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type CallOrigin } from "./call.ts";
import { takeOneTimeToken } from "./one-time-tokens.ts";
import { proveAddress } from "./register.ts";

/** Confirms an address with the secret mailed to it, which works once; what waits for the address becomes access. */
export async function verifyEmail(token: string, { ip, requestId }: CallOrigin): Promise<void> {
  await transaction(system, async (tx) => {
    const taken = await takeOneTimeToken(tx, token, "email_verification");
    if (!taken) throw new AppError("invalid_input", "No live token", { reason: "verification_token" });
    const { userId } = taken;
    const person = { kind: "user", id: userId, ip, requestId } as const;
    await proveAddress(tx, person);
    await recordAudit(tx, person, {
      action: "email.verified",
      resource: { type: "user", id: userId },
    });
  });
}

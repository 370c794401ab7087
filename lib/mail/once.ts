import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { only, Prisma, write } from "#lib/db/index.ts";
import { log } from "#lib/log/index.ts";
import { type Mail, safeMail } from "./message.ts";
import { transport } from "./transports/index.ts";
import { MailError } from "./transports/transport.ts";

/** Longer than any attempt takes: whoever has not reported by then has died. */
const LOST_AFTER_SECONDS = 300;

const claimRow = z.object({
  state: z.enum(["mine", "sent", "busy", "lost"]),
  attempt: z.number().nullable(),
  claimedAt: z.date().nullable(),
});

/**
 * Sends a mail that must not come twice, however often this is called with its key, and whoever dies over it. `sent`: now;
 * `earlier`: it was; `unknown`: it may have been, because its sender died, or lost the connection, in the moment of handing it
 * over, and is not tried again. Throws `MailError` (refused, unavailable) when it was not sent; then it may be tried again.
 */
export async function sendMailOnce(
  key: string,
  mail: Mail,
  { lostAfterSeconds = LOST_AFTER_SECONDS } = {},
): Promise<"sent" | "earlier" | "unknown"> {
  const safe = safeMail(mail);
  const { knowsKeys, send } = transport();
  const claim = Prisma.sql`SELECT state, attempt, claimed_at AS "claimedAt" FROM app.claim_delivery(${key}, ${lostAfterSeconds}::int, ${knowsKeys})`;
  const { state, attempt, claimedAt } = only(await write(system, claimRow, claim));
  if (state === "sent") return "earlier";
  if (state === "busy") throw new MailError("unavailable", "somebody else is sending it", lostAfterSeconds);
  const end = (wasSent: boolean) =>
    write(
      system,
      z.object({}),
      Prisma.sql`SELECT FROM app.end_delivery(${key}, ${attempt}::int, ${wasSent})`,
    );
  const giveUp = async (cause: unknown) => {
    log().warn({ err: cause, subject: mail.subject }, "mail that may have been sent");
    await end(true);
    return "unknown" as const;
  };
  if (state === "lost") return giveUp(new Error("its sender died"));
  let isHandedOver = false;
  const handOver = async () => {
    const query = Prisma.sql`SELECT app.hand_over_delivery(${key}, ${attempt}::int) AS "isOwn"`;
    isHandedOver = only(await write(system, z.object({ isOwn: z.boolean() }), query)).isOwn;
    if (!isHandedOver) throw new Error("somebody else is sending it by now");
  };
  try {
    await send(safe, { key, at: claimedAt ?? new Date(), handOver });
  } catch (error) {
    const isRefused = error instanceof MailError && error.outcome !== "unknown";
    if (isHandedOver && !isRefused) return giveUp(error);
    await end(false);
    throw error instanceof MailError && error.outcome !== "unknown"
      ? error
      : new MailError("unavailable", error);
  }
  await end(true);
  return "sent";
}

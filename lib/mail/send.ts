import { setTimeout as wait } from "node:timers/promises";
import { log } from "#lib/log/index.ts";
import { type Mail, safeMail } from "./message.ts";
import { transport } from "./transports/index.ts";
import { MailError } from "./transports/transport.ts";

/** Hands one mail over. Throws `MailError` when that did not work. Never call it inside a transaction. */
export const sendMail = async (mail: Mail): Promise<void> => transport().send(safeMail(mail));

/** Pauses between tries. If the server is away for longer, the mail is lost, and the log says so. */
const retryAfterSeconds = [1, 10, 60, 300];

/** Sends a mail in the background: returns at once, retries for a few minutes, never throws. */
export function sendMailSoon(mail: Mail): void {
  void (async () => {
    for (const seconds of [0, ...retryAfterSeconds]) {
      if (seconds) await wait(seconds * 1000, undefined, { ref: false });
      try {
        return await sendMail(mail);
      } catch (error) {
        log().warn({ err: error, subject: mail.subject }, "mail not sent");
        if (error instanceof MailError && error.outcome === "refused") break;
      }
    }
    log().error({ subject: mail.subject }, "mail given up");
  })();
}

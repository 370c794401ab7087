import { setTimeout as wait } from "node:timers/promises";
import nodemailer, { type Transporter } from "nodemailer";
import { env } from "#lib/env/index.ts";
import { log } from "#lib/log/index.ts";
import { writeMail } from "./folder.ts";
import { type Mail, safeMail } from "./message.ts";

let transporter: Transporter | undefined;

const smtp = (url: string): Transporter =>
  (transporter ??= nodemailer.createTransport(url, {
    from: env.MAIL_FROM,
    // nothing in a mail may name a file or an address to be fetched and attached
    disableFileAccess: true,
    disableUrlAccess: true,
  }));

/**
 * Hands one mail to the SMTP server, or writes it to MAIL_DIR where none is configured. Throws when neither worked.
 * Never call it inside a transaction.
 */
export async function sendMail(mail: Mail): Promise<void> {
  const safe = safeMail(mail);
  if (!env.SMTP_URL) return writeMail(safe);
  // as an object, the address is not parsed again
  await smtp(env.SMTP_URL).sendMail({ ...safe, to: { name: "", address: safe.to } });
}

/** Pauses between tries; a server that is away longer than this loses the mail, and the log says so. */
const retryAfterSeconds = [1, 10, 60, 300];

/** Sends a mail by itself: returns at once, tries again for a few minutes, never throws. */
export function sendMailSoon(mail: Mail): void {
  void (async () => {
    for (const seconds of [0, ...retryAfterSeconds]) {
      if (seconds) await wait(seconds * 1000, undefined, { ref: false });
      try {
        return await sendMail(mail);
      } catch (error) {
        log().warn({ err: error, subject: mail.subject }, "mail not sent");
      }
    }
    log().error({ subject: mail.subject }, "mail given up");
  })();
}

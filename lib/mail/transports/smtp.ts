import { hash } from "node:crypto";
import { PassThrough } from "node:stream";
import nodemailer, { type SendMailOptions, type Transporter } from "nodemailer";
import { env } from "#lib/env/index.ts";
import { type Claim, MailError, type Transport } from "./transport.ts";

/** What DKIM signs: a one-click unsubscribe counts only where both of its headers are signed. */
const signedHeaders =
  "From:Sender:Reply-To:Subject:Date:Message-ID:To:MIME-Version:Content-Type:Content-Transfer-Encoding:Auto-Submitted:List-Unsubscribe:List-Unsubscribe-Post";

/** A server that does not answer holds nobody longer than this, in milliseconds. Settings in the address come first. */
const patience = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 60_000 };

/** Claims by the envelope of their mail, which nodemailer hands on as it is. */
const claims = new WeakMap<object, Claim>();

let transporter: Transporter | undefined;

function connect(): Transporter {
  const url = new URL(env.SMTP_URL!);
  for (const [name, value] of Object.entries(patience))
    if (!url.searchParams.has(name)) url.searchParams.set(name, String(value));
  const { DKIM_DOMAIN: domainName, DKIM_SELECTOR: keySelector, DKIM_PRIVATE_KEY: privateKey } = env;
  const made = nodemailer.createTransport(url.href, {
    from: env.MAIL_FROM,
    // a mail must not make the server attach files or fetch addresses
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(domainName &&
      keySelector &&
      privateKey && {
        dkim: {
          ...{ domainName, keySelector, headerFieldNames: signedHeaders },
          privateKey: privateKey.replaceAll("\\n", "\n"),
        },
      }),
  });
  made.use("stream", (mail, done) => {
    const claim = claims.get(mail.data.envelope as object);
    if (claim) mail.message.processFunc((output) => output.pipe(untilHandedOver(claim)));
    done();
  });
  return made;
}

/**
 * What a mail passes through on its way: the server takes it with its last byte, so whoever dies before that has sent nothing.
 * It holds back until it is read, which is when the server is ready for it, or when nodemailer throws it away.
 */
function untilHandedOver(claim: Claim): PassThrough {
  let isThrownAway = false;
  const held = new PassThrough({
    readableHighWaterMark: 1,
    flush: (ended) => void (isThrownAway ? ended() : claim.handOver().then(() => ended(), ended)),
  });
  const pipe = held.pipe.bind(held);
  held.pipe = (target, options) => {
    isThrownAway = target instanceof PassThrough;
    return pipe(target, options);
  };
  return held;
}

/** Any mail server. It has no memory of keys, so what may have been taken is not sent again. */
export const smtp: Transport = {
  knowsKeys: false,
  async send({ to, ...mail }, claim) {
    // given as objects, so that nodemailer does not parse them again
    const envelope = { from: senderAddress(), to: [to] };
    if (claim) claims.set(envelope, claim);
    const message: SendMailOptions = {
      ...mail,
      ...{ to: { name: "", address: to }, envelope },
      ...(claim && {
        messageId: `<${hash("sha256", claim.key).slice(0, 32)}@${new URL(env.APP_URL).hostname}>`,
      }),
    };
    try {
      await (transporter ??= connect()).sendMail(message);
    } catch (error) {
      throw new MailError(outcomeOf(error), error);
    }
  },
};

const senderAddress = () => /<([^<>]+)>\s*$/.exec(env.MAIL_FROM)?.[1] ?? env.MAIL_FROM;

function outcomeOf(error: unknown): MailError["outcome"] {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  if (!responseCode) return "unknown";
  // 5xx is for good, but for a wrong password, which is ours to mend
  return responseCode >= 500 && code !== "EAUTH" ? "refused" : "unavailable";
}

import { createVerify, generateKeyPairSync, hash, randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startResendSink, startSmtpSink } from "./testing.ts";

const mail = (unsubscribeUrl?: string) => ({
  ...{ to: `${randomUUID()}@example.org`, subject: "Grüße", text: "t", html: "<p>t</p>", unsubscribeUrl },
});
const load = async (settings: Record<string, string>) => {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  vi.resetModules();
  return import("./index.ts");
};
const ended: (() => Promise<void>)[] = [];
const smtpSink = async (...options: Parameters<typeof startSmtpSink>) => {
  const sink = await startSmtpSink(...options);
  ended.push(sink.stop);
  return sink;
};
const resendSink = async (...options: Parameters<typeof startResendSink>) => {
  const sink = await startResendSink(...options);
  ended.push(sink.stop);
  return {
    sink,
    env: {
      RESEND_API_KEY: "re_key",
      RESEND_FROM_EMAIL: "Sheaf <hello@sheaf.example>",
      RESEND_BASE_URL: sink.url,
    },
  };
};
const outcome = (promise: Promise<unknown>) =>
  promise.then(String, (error: { outcome?: string }) => error.outcome ?? String(error));

beforeEach(() => void vi.resetModules());
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of ended.splice(0)) await stop();
});

const headersOf = (source: string) =>
  new Map(
    source
      .split("\r\n\r\n")[0]!
      .replace(/\r\n[ \t]+/g, " ")
      .split("\r\n")
      .map((line) => [
        line.slice(0, line.indexOf(":")).toLowerCase(),
        line.slice(line.indexOf(":") + 1).trim(),
      ]),
  );

it("signs the headers of one-click unsubscribing with the rest", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const sink = await smtpSink();
  const { sendMail } = await load({
    ...{ SMTP_URL: sink.url, DKIM_DOMAIN: "sheaf.example", DKIM_SELECTOR: "mail" },
    DKIM_PRIVATE_KEY: pem.replaceAll("\n", "\\n"),
  });
  await sendMail(mail("https://sheaf.example/api/v1/unsubscribe?token=abc"));
  const { source } = sink.mails[0]!;
  const headers = headersOf(source);
  expect(headers.get("list-unsubscribe")).toBe("<https://sheaf.example/api/v1/unsubscribe?token=abc>");
  expect(headers.get("list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
  const signature = headers.get("dkim-signature")!;
  const tag = (name: string) =>
    new RegExp(`(?:^|;)\\s*${name}=([^;]*)`).exec(signature)![1]!.replace(/\s/g, "");
  const names = tag("h").toLowerCase().split(":");
  expect(names).toEqual(expect.arrayContaining(["list-unsubscribe", "list-unsubscribe-post", "from", "to"]));
  // by hand, as RFC 6376 has it for relaxed/relaxed
  const body = source
    .slice(source.indexOf("\r\n\r\n") + 4)
    .replace(/[ \t]+(?=\r\n)/g, "")
    .replace(/[ \t]+/g, " ")
    .replace(/(\r\n)*$/, "\r\n");
  expect(tag("bh")).toBe(hash("sha256", body, "base64"));
  const relaxed = (name: string, value: string) => `${name}:${value.replace(/\s+/g, " ").trim()}`;
  const signed = [
    ...names.map((name) => relaxed(name, headers.get(name) ?? "")),
    relaxed("dkim-signature", signature.replace(/(;\s*b=)[^;]*$/, "$1")),
  ].join("\r\n");
  expect(createVerify("RSA-SHA256").update(signed).verify(publicKey, tag("b"), "base64")).toBe(true);
});

it.each([
  ["550 no such mailbox", "refused"],
  ["452 mailbox full", "unavailable"],
])("knows what %j means", async (answer, expected) => {
  const sink = await smtpSink({ answers: { RCPT: answer } });
  const { sendMail, sendMailOnce } = await load({ SMTP_URL: sink.url });
  expect(await outcome(sendMail(mail()))).toBe(expected);
  const key = randomUUID();
  expect(await outcome(sendMailOnce(key, mail()))).toBe(expected);
  // nothing was sent, so it can be tried again
  expect(await outcome(sendMailOnce(key, mail()))).toBe(expected);
});

it("sends once, however often and at the same moment it is asked to", async () => {
  const sink = await smtpSink();
  const { sendMailOnce } = await load({ SMTP_URL: sink.url });
  const key = randomUUID();
  const letter = mail();
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => outcome(sendMailOnce(key, letter))));
  expect(outcomes.filter((one) => one === "sent")).toHaveLength(1);
  expect(outcomes.filter((one) => one === "unavailable" || one === "earlier")).toHaveLength(7);
  expect(await sendMailOnce(key, letter)).toBe("earlier");
  expect(sink.mails).toHaveLength(1);
  expect(headersOf(sink.mails[0]!.source).get("message-id")).toMatch(/^<[0-9a-f]{32}@localhost>$/);
});

it("does not send again what a server may have taken before it hung up", async () => {
  const sink = await smtpSink({ answers: { ".": "" } });
  const { sendMailOnce } = await load({ SMTP_URL: `${sink.url}?socketTimeout=300` });
  const key = randomUUID();
  expect(await sendMailOnce(key, mail())).toBe("unknown");
  expect(await sendMailOnce(key, mail())).toBe("earlier");
  expect(sink.mails).toHaveLength(1);
});

it("sends again what a server cannot have taken", async () => {
  const sink = await smtpSink({ answers: { RCPT: "" } });
  const { sendMailOnce } = await load({ SMTP_URL: `${sink.url}?socketTimeout=300` });
  const key = randomUUID();
  expect(await outcome(sendMailOnce(key, mail()))).toBe("unavailable");
  expect(await outcome(sendMailOnce(key, mail()))).toBe("unavailable");
  expect(sink.commands.filter((command) => command === "RCPT")).toHaveLength(2);
});

it("speaks to Resend, with a key by which it sends once", async () => {
  const { sink, env } = await resendSink();
  const { sendMailOnce, sendMail, isMailConfigured } = await load(env);
  expect(isMailConfigured()).toBe(true);
  const letter = mail("https://sheaf.example/u");
  expect(await sendMailOnce("a key", letter)).toBe("sent");
  expect(sink.requests).toEqual([
    {
      key: hash("sha256", "a key"),
      authorization: "Bearer re_key",
      body: {
        ...{
          from: "Sheaf <hello@sheaf.example>",
          to: [letter.to],
          subject: "Grüße",
          text: "t",
          html: "<p>t</p>",
        },
        headers: {
          "Auto-Submitted": "auto-generated",
          "List-Unsubscribe": "<https://sheaf.example/u>",
          "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
      },
    },
  ]);
  await sendMail(mail());
  expect(sink.requests[1]!.key).toBeNull();
});

it("asks Resend again when the answer was lost, and there is one mail", async () => {
  const { sink, env } = await resendSink({ answers: ["cut"] });
  const { sendMailOnce } = await load(env);
  const key = randomUUID();
  const letter = mail();
  expect(await outcome(sendMailOnce(key, letter))).toBe("unavailable");
  expect(await sendMailOnce(key, letter)).toBe("sent");
  expect(sink.requests).toHaveLength(2);
  expect(sink.delivered).toHaveLength(1);
});

it("takes another content under a used key for a mail that was sent", async () => {
  const { sink, env } = await resendSink({ answers: ["cut"] });
  const { sendMailOnce } = await load(env);
  const key = randomUUID();
  await outcome(sendMailOnce(key, mail()));
  expect(await sendMailOnce(key, mail())).toBe("sent");
  expect(sink.delivered).toHaveLength(1);
});

it.each([
  [{ status: 429, headers: { "retry-after": "7" } }, "unavailable", 7],
  [{ status: 503 }, "unavailable", undefined],
  [{ status: 401 }, "unavailable", undefined],
  [{ status: 422, body: { name: "validation_error" } }, "refused", undefined],
])("knows what Resend means by %j", async (answer, expected, seconds) => {
  const { env } = await resendSink({ answers: [answer] });
  const { sendMailOnce } = await load(env);
  const error: { outcome?: string; retryAfterSeconds?: number } = await sendMailOnce(
    randomUUID(),
    mail(),
  ).then(
    () => ({}),
    (failure: object) => failure,
  );
  expect([error.outcome, error.retryAfterSeconds]).toEqual([expected, seconds]);
});

it("writes one file for each key", async () => {
  const { sendMailOnce, listMails } = await load({});
  const letter = mail();
  const key = randomUUID();
  expect(await sendMailOnce(key, letter)).toBe("sent");
  expect(await sendMailOnce(key, letter)).toBe("earlier");
  expect((await listMails()).filter(({ to }) => to === letter.to)).toHaveLength(1);
});

import { randomUUID } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { env } from "#lib/env/index.ts";
import { letter, listMails, sendMail } from "./index.ts";
import { startSmtpSink } from "./testing.ts";

const someone = () => `${randomUUID()}@example.org`;
const invitation = (to: string, language: "en" | "de" = "en") =>
  letter({
    to,
    language,
    kind: "invitation",
    values: {
      inviter: "Ann <b>O’Neil</b>\r\nBcc: evil@example.org",
      collection: 'Win now: https://evil.example/ "www.evil.example" & more',
    },
    path: "/collections/1?a=1&b=2",
  });

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

it("writes a file for each mail where no server is configured", async () => {
  const to = someone();
  await Promise.all([sendMail(invitation(to)), sendMail(invitation(to))]);
  const mails = (await listMails()).filter((mail) => mail.to === to);
  expect(mails).toHaveLength(2);
  expect(mails[0]).toMatchObject({ from: env.MAIL_FROM, sentAt: expect.stringMatching(/Z$/) });
  const names = await readdir(env.MAIL_DIR);
  expect(names.filter((name) => name.endsWith(".part"))).toEqual([]);
  expect((await stat(path.join(env.MAIL_DIR, names[0]!))).mode & 0o077).toBe(0);
});

it("quotes names as plain words: no line breaks, no markup, no links", async () => {
  const to = someone();
  await sendMail(invitation(to));
  const mail = (await listMails()).find((found) => found.to === to)!;
  expect(mail.subject).not.toMatch(/[\r\n]/);
  expect(mail.html).not.toContain("<b>O");
  expect(mail.html).toContain("Ann &lt;b&gt;O’Neil");
  expect(mail.html).toContain("/collections/1?a=1&amp;b=2");
  for (const part of [mail.subject, mail.text, mail.html]) {
    expect(part).not.toContain("https://evil");
    expect(part).not.toContain("www.evil");
  }
});

it("speaks the reader's language", async () => {
  const to = someone();
  await sendMail(invitation(to, "de"));
  const mail = (await listMails()).find((found) => found.to === to)!;
  expect(mail.subject).toContain("mit dir geteilt");
  expect(mail.html).toContain('<html lang="de">');
});

it.each(["", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org", '"e@a"@example.org'])(
  "goes to one address or not at all: %j",
  async (to) => {
    await expect(sendMail({ to, subject: "s", text: "t", html: "h" })).rejects.toThrow("exactly one address");
  },
);

it("hands mails to the configured server, each to its one recipient", async () => {
  const sink = await startSmtpSink();
  try {
    vi.stubEnv("SMTP_URL", sink.url);
    vi.resetModules();
    const to = someone();
    await (await import("./index.ts")).sendMail(invitation(to));
    expect(sink.mails).toHaveLength(1);
    expect(sink.mails[0]!.recipients).toEqual([to]);
    const [head = ""] = sink.mails[0]!.source.split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^To: ${to}$`, "m"));
    expect(head).not.toMatch(/^Bcc:/im);
  } finally {
    await sink.stop();
  }
});

it("says when the server takes nothing", async () => {
  const sink = await startSmtpSink();
  await sink.stop();
  vi.stubEnv("SMTP_URL", sink.url);
  vi.resetModules();
  const again = await import("./index.ts");
  await expect(again.sendMail(invitation(someone()))).rejects.toThrow();
});

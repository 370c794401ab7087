import { expect, it } from "vitest";
import { env } from "#lib/env/index.ts";
import { locales } from "#lib/i18n/locales.ts";
import { type Block, compose, palette } from "./compose.ts";

Object.assign(process.env, { AUTH_SECRET: "0".repeat(32), DATABASE_URL: "postgres://localhost/none" });

const blocks: Block[] = [
  { is: "text", text: "Two\nlines with <b>markup</b> & “quotes”" },
  { is: "quote", text: "Have a look\nat page 3", by: "Anna Berg" },
  {
    is: "list",
    items: [{ text: "First", note: "today", url: `${env.APP_URL}/documents/1` }, { text: "Second" }],
  },
  { is: "button", label: "Open", url: `${env.APP_URL}/collections/1?a=1&b=2` },
  { is: "note", text: "Do nothing" },
];
const mail = compose({
  ...{ to: "marc@example.org", language: "en", subject: "Subject", heading: "Heading", blocks },
  footer: [{ text: "Stop these e-mails", url: `${env.APP_URL}/unsubscribe` }],
});

it("says the same in both of its forms", () => {
  const asText = mail.html
    .replace(/<head>.*<\/head>/s, "")
    .replace(/<br>/g, "\n")
    .replace(/<[^>]+>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
  for (const part of [
    "Heading",
    "<b>markup</b> & “quotes”",
    "Have a look",
    "at page 3",
    "Anna Berg",
    "First",
    "today",
    "Second",
    "Open",
    "Do nothing",
    "Stop these e-mails",
  ])
    for (const form of [mail.text, asText]) expect(form).toContain(part);
  for (const url of ["/documents/1", "/collections/1?a=1&b=2", "/unsubscribe"]) {
    expect(mail.text).toContain(env.APP_URL + url);
    expect(mail.html).toContain(`href="${(env.APP_URL + url).replace("&", "&amp;")}"`);
  }
});

it("loads nothing, runs nothing and tells nobody that it is read", () => {
  expect(mail.html).not.toMatch(
    /<(img|script|link|iframe|form|object|video)|url\(|@import|src=|background=/i,
  );
  expect(mail.html).not.toContain("<b>markup");
  const addresses = [...mail.html.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, url]) => url!);
  expect(addresses.every((url) => url.startsWith(env.APP_URL))).toBe(true);
});

it.each(locales)("is marked as %s", (language) => {
  expect(compose({ to: "a@example.org", language, subject: "s", blocks: [] }).html).toContain(
    `<html lang="${language}"`,
  );
});

const luminance = (hex: string) => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const contrast = (one: string, other: string) => {
  const [low, high] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
};

it.each(["light", "dark"] as const)("can be read in the %s", (theme) => {
  const { page, sheet, ink, muted, accent, button, label } = palette[theme];
  for (const text of [ink, muted, accent]) expect(contrast(text, sheet)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(muted, page)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(label, button)).toBeGreaterThanOrEqual(4.5);
});

it("has a colour for the dark wherever it has one", () => {
  const coloured = [...mail.html.replace(/<head>.*<\/head>/s, "").matchAll(/<(\w+)([^>]*)>/g)]
    .map(([, tag, rest = ""]) => ({ tag, rest }))
    .filter(({ rest }) => /color:#/.test(rest));
  expect(coloured.length).toBeGreaterThan(8);
  expect(coloured.filter(({ rest }) => !rest.includes("class="))).toEqual([]);
});

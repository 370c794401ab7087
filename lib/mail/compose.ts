import { env } from "#lib/env/index.ts";
import { type Locale, translator } from "#lib/i18n/index.ts";
import { type Mail } from "./message.ts";

/** A part of a mail. Both of its forms are made from it, so that the text says what the page says. */
export type Block =
  | { is: "text"; text: string }
  /** What somebody wrote. */
  | { is: "quote"; text: string; by: string }
  /** Where to go on; a mail has one at most. */
  | { is: "button"; label: string; url: string }
  /** Each with a link, where it leads somewhere. */
  | { is: "list"; items: readonly { text: string; note?: string; url?: string | null }[] }
  | { is: "note"; text: string };

interface Composed {
  to: string;
  language: Locale;
  subject: string;
  /** The first line of the page; the subject where it is left out. */
  heading?: string;
  blocks: readonly Block[];
  /** Why it came, and links to change that, under the sheet. */
  footer?: readonly { text: string; url?: string }[];
  unsubscribeUrl?: string;
}

/** The colours of the interface, light and dark; `compose.test.ts` holds them to 4.5:1. */
export const palette = {
  light: {
    ...{ page: "#f4f2ec", sheet: "#ffffff", line: "#e6e2d8", ink: "#24211b", muted: "#5f5a4f" },
    ...{ accent: "#0c514d", button: "#0f5f5b", label: "#ffffff" },
  },
  dark: {
    ...{ page: "#151310", sheet: "#22201c", line: "#35312a", ink: "#ece7dc", muted: "#b3ab9b" },
    ...{ accent: "#8fd5cb", button: "#1a736d", label: "#ffffff" },
  },
} as const;

/**
 * Of each class, its colours in the dark. Programs that know no such rules, or turn colours around themselves, start from
 * the light ones, which stand at each element: none of them is pure, so that turning leaves all of them legible.
 */
const darkRules = (({ page, sheet, line, ink, muted, accent, button, label }) => [
  [".page", `background-color:${page}!important`],
  [".sheet", `background-color:${sheet}!important;border-color:${line}!important`],
  [".ink", `color:${ink}!important`],
  [".muted", `color:${muted}!important`],
  [".accent", `color:${accent}!important`],
  [".rule", `border-color:${line}!important`],
  [".button", `background-color:${button}!important;color:${label}!important`],
])(palette.dark);

const style = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){${darkRules.map(([name, rule]) => `${name}{${rule}}`).join("")}}
${darkRules.map(([name, rule]) => `[data-ogsc] ${name},[data-ogsb] ${name}{${rule}}`).join("")}
@media (max-width:480px){.pad{padding:24px 20px!important}}`;

const escape = (text: string) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

const { light } = palette;
const paragraph = (html: string, look: string, className = "ink") =>
  `<p class="${className}" style="margin:0 0 16px;${look}">${html}</p>`;
const body = `font-size:15px;line-height:24px;color:${light.ink}`;
const small = `font-size:13px;line-height:20px;color:${light.muted}`;
const link = (url: string, label: string) =>
  `<a class="accent" href="${escape(url)}" style="color:${light.accent};word-break:break-word">${escape(label)}</a>`;
const lines = (text: string) => escape(text).replaceAll("\n", "<br>");

function asHtml(block: Block, hint: string): string {
  switch (block.is) {
    case "text":
      return paragraph(lines(block.text), body);
    case "note":
      return paragraph(lines(block.text), small, "muted");
    case "quote":
      return `<blockquote class="rule ink" style="margin:0 0 16px;padding:2px 0 2px 14px;border-left:3px solid ${light.line};${body}">${lines(block.text)}<br><span class="muted" style="${small}">${escape(block.by)}</span></blockquote>`;
    case "button":
      return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:24px 0"><tr><td class="button" bgcolor="${light.button}" style="border-radius:8px;background-color:${light.button}"><a class="button" href="${escape(block.url)}" style="display:inline-block;padding:11px 22px;border-radius:8px;background-color:${light.button};color:${light.label};font-size:15px;line-height:20px;font-weight:600;text-decoration:none">${escape(block.label)}</a></td></tr></table>
${paragraph(`${escape(hint)}<br>${link(block.url, block.url)}`, small, "muted")}`;
    case "list":
      return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px">${block.items
        .map(
          ({ text, note, url }) =>
            `<tr><td class="rule ink" style="padding:10px 0;border-top:1px solid ${light.line};${body}">${url ? link(url, text) : escape(text)}${note ? `<br><span class="muted" style="${small}">${escape(note)}</span>` : ""}</td></tr>`,
        )
        .join("")}</table>`;
  }
}

function asText(block: Block): string {
  switch (block.is) {
    case "text":
    case "note":
      return block.text;
    case "quote":
      return `${block.text.replace(/^/gm, "> ")}\n${block.by}`;
    case "button":
      return `${block.label}:\n${block.url}`;
    case "list":
      return block.items
        .map(({ text, note, url }) => [`- ${text}`, note, url].filter(Boolean).join("\n  "))
        .join("\n");
  }
}

/**
 * One mail in the look that all have, as text and as HTML. The HTML loads nothing, tells nobody that it is read, is laid out
 * in tables for programs that know no more, and has colours for the dark.
 */
export function compose({
  to,
  language,
  subject,
  heading = subject,
  blocks,
  footer = [],
  unsubscribeUrl,
}: Composed): Mail {
  const t = translator(language);
  const app = t("common.appName");
  const sender = t("mail.footer", { app, address: new URL(env.APP_URL).host });
  const hint = t("mail.linkHint");
  const foot = [{ text: sender, url: undefined }, ...footer];
  const text = [...(heading === subject ? [] : [heading]), ...blocks.map(asText), "--"].join("\n\n");
  return {
    ...{ to, subject, unsubscribeUrl },
    text: `${text}\n${foot.map(({ text: line, url }) => (url ? `${line}:\n${url}` : line)).join("\n")}\n`,
    html: `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><meta name="format-detection" content="telephone=no, date=no, address=no, email=no"><title>${escape(subject)}</title><style>
${style}
</style></head>
<body class="page" style="margin:0;padding:0;background-color:${light.page};font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="${light.page}" style="background-color:${light.page}"><tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px"><tr><td class="sheet pad" align="left" bgcolor="${light.sheet}" style="padding:32px 36px 20px;background-color:${light.sheet};border:1px solid ${light.line};border-radius:8px">
${paragraph(escape(app), `font-family:Georgia,'Times New Roman',serif;font-size:17px;line-height:24px;font-weight:600;color:${light.accent}`, "accent")}
<h1 class="ink" style="margin:0 0 12px;font-size:20px;line-height:28px;font-weight:600;color:${light.ink}">${escape(heading)}</h1>
${blocks.map((block) => asHtml(block, hint)).join("\n")}
</td></tr><tr><td align="center" style="padding:16px 20px 0">
<p class="muted" style="margin:0;font-size:12px;line-height:20px;color:${light.muted}">${foot
      .map(({ text: line, url }) =>
        url
          ? `<a class="muted" href="${escape(url)}" style="color:${light.muted}">${escape(line)}</a>`
          : escape(line),
      )
      .join("<br>")}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`,
  };
}

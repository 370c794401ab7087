import { env } from "#lib/env/index.ts";
import { type Locale, translator } from "#lib/i18n/index.ts";
import { type Mail } from "./message.ts";

interface Content {
  to: string;
  language: Locale;
  subject: string;
  text: string;
  action: { label: string; url: string };
  note: string;
}

const escape = (text: string) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

/** One short letter: what happened, one button, a note. The same words as text and as HTML without any outside parts. */
export function letter({ to, language, subject, text, action, note }: Content): Mail {
  const t = translator(language);
  const app = t("common.appName");
  const address = new URL(env.APP_URL).host;
  const footer = t("mail.footer", { app, address });
  const hint = t("mail.linkHint");
  const p = (content: string, style: string) => `<p style="margin:0 0 16px;${style}">${content}</p>`;
  const muted = "font-size:13px;line-height:20px;color:#6b645a";
  return {
    to,
    subject,
    text: `${text}\n\n${action.label}:\n${action.url}\n\n${note}\n\n--\n${footer}\n`,
    html: `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>${escape(subject)}</title></head>
<body style="margin:0;padding:32px 16px;background:#f4f1ea;font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;color:#26221c">
<div style="max-width:480px;margin:0 auto;padding:32px;background:#fffdf8;border:1px solid #e4ded2;border-radius:8px">
${p(escape(app), "font-family:Georgia,serif;font-size:16px;color:#0f5c5c;font-weight:600")}
<h1 style="margin:0 0 12px;font-size:20px;line-height:28px;font-weight:600">${escape(subject)}</h1>
${p(escape(text), "font-size:15px;line-height:24px")}
<p style="margin:24px 0"><a href="${escape(action.url)}" style="display:inline-block;padding:10px 20px;border-radius:8px;background:#0f5c5c;color:#ffffff;font-size:15px;font-weight:600;text-decoration:none">${escape(action.label)}</a></p>
${p(escape(note), muted)}
${p(`${escape(hint)}<br><a href="${escape(action.url)}" style="color:#0f5c5c;word-break:break-all">${escape(action.url)}</a>`, muted)}
</div>
<p style="max-width:480px;margin:16px auto 0;font-size:12px;line-height:18px;color:#6b645a;text-align:center">${escape(footer)}</p>
</body>
</html>
`,
  };
}

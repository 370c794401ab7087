import { env } from "#lib/env/index.ts";
import { type Locale, translator } from "#lib/i18n/index.ts";
import { type MessageKey } from "#lib/i18n/translator.ts";
import { type Block, compose } from "./compose.ts";
import { type Mail, quotable } from "./message.ts";

type KindOf<Key> = Key extends `mail.${infer Kind}.action` ? Kind : never;

interface Letter {
  to: string;
  language: Locale;
  /** The texts of the mail: `mail.{kind}` in the message catalog. */
  kind: KindOf<MessageKey>;
  /** Values of the texts that people chose, such as names. Quoted as plain words. */
  values?: Record<string, string>;
  /** The page that the button opens. */
  path: string;
  /** The secret that the page needs, where it needs one. */
  secret?: string;
  /** Between the text and the button. */
  blocks?: readonly Block[];
  footer?: Parameters<typeof compose>[0]["footer"];
  unsubscribeUrl?: string;
}

/** One short mail: what happened, one button, a note. */
export function letter({
  to,
  language,
  kind,
  values = {},
  path,
  secret,
  blocks = [],
  ...rest
}: Letter): Mail {
  const t = translator(language);
  const quoted = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, quotable(value)]));
  const url = new URL(path, env.APP_URL);
  if (secret !== undefined) url.searchParams.set("token", secret);
  return compose({
    ...{ to, language, subject: t(`mail.${kind}.subject`, quoted) },
    blocks: [
      { is: "text", text: t(`mail.${kind}.text`, quoted) },
      ...blocks,
      { is: "button", label: t(`mail.${kind}.action`), url: url.href },
      { is: "note", text: t(`mail.${kind}.note`) },
    ],
    ...rest,
  });
}

import {
  createTranslator,
  type MarkupTranslationValues,
  type MessageKeys,
  type NestedKeyOf,
  type TranslationValues,
} from "next-intl";
import { type Locale } from "./locales.ts";
import { messages, type Messages } from "./messages/index.ts";

/** Every message by its full name, such as `problems.codes.not_found.title`. */
export type MessageKey = MessageKeys<Messages, NestedKeyOf<Messages>>;

export interface Translator {
  readonly locale: Locale;
  /** The message with its values filled in. */
  (key: MessageKey, values?: TranslationValues): string;
  /** As a text with what stands in tags put through their functions. */
  markup(key: MessageKey, values: MarkupTranslationValues): string;
  /** Whether a name made at run time is a message. */
  has(key: string): key is MessageKey;
}

const translators = new Map<Locale, Translator>();

/**
 * Messages outside React: API errors, mails, command line. One instance per language, with its parsed messages kept.
 * A message that is missing or lacks a value throws: better a failing test than a key in somebody's mail.
 */
export function translator(locale: Locale): Translator {
  let existing = translators.get(locale);
  if (!existing) {
    const translate = createTranslator({
      locale,
      messages: messages[locale],
      timeZone: "UTC",
      onError: (error) => {
        throw error;
      },
    });
    existing = Object.assign((key: MessageKey, values?: TranslationValues) => translate(key, values), {
      locale,
      markup: (key: MessageKey, values: MarkupTranslationValues) => translate.markup(key, values),
      // a namespace "has" a value too, but it is no text
      has: (key: string): key is MessageKey =>
        translate.has(key as MessageKey) && typeof translate.raw(key as MessageKey) === "string",
    });
    translators.set(locale, existing);
  }
  return existing;
}

import { env } from "#lib/env/index.ts";
import { formatDate } from "#lib/i18n/format.ts";
import { type Locale, translator } from "#lib/i18n/index.ts";
import { type Block, compose, type Mail, quotable, quotableNote } from "#lib/mail/index.ts";
import { type KindName } from "./kind.ts";
import { findKind, isKindName } from "./registry.ts";
import { type NotificationView } from "./schema.ts";
import { unsubscribeUrl } from "./unsubscribe.ts";
import { textValuesOf } from "./values.ts";

export interface Reader {
  userId: string;
  email: string;
  language: Locale;
  timeZone: string | null;
}

/** How many notifications a summary lists; the others it counts. */
const MOST_LISTED = 30;

const absolute = (path: string) => new URL(path, env.APP_URL).href;

/** A notification's sentence as plain words, with its names in quotation marks. */
function sentenceOf(notification: NotificationView, { language, timeZone }: Reader): string {
  const t = translator(language);
  const values = textValuesOf(notification, {
    ...{ locale: language, timeZone: timeZone ?? "UTC" },
    words: { somebody: t("notifications.somebody") },
  });
  const quoted = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" ? quotable(value) : value,
    ]),
  );
  return t.markup(`notifications.kinds.${notification.kind as KindName}.text`, {
    ...quoted,
    // given as parts, whatever their type says
    who: (parts) => [parts].flat().join(""),
    what: (parts) => t("mail.quoted", { name: [parts].flat().join("") }),
  });
}

/** What a mail about one notification leads to. */
function offeredBy({ kind, path, collection, document, facts }: NotificationView) {
  const mailed = findKind(kind)?.mailed ?? [];
  if (mailed.length === 0) return path ? [{ label: "mail.open" as const, path }] : [];
  const subject = { collectionId: collection?.id ?? null, documentId: document?.id ?? null, facts };
  return mailed.map((offer) => ({ label: offer.label, path: offer.path(subject) }));
}

/** What its sender wrote to it. */
function noteOf({ facts, actor }: NotificationView, { language }: Reader): Block[] {
  const { message } = facts;
  if (typeof message !== "string" || message === "") return [];
  const by = quotable(actor?.name ?? translator(language)("notifications.somebody"));
  return [{ is: "quote", text: quotableNote(message), by }];
}

/** Why a mail came, and how to end that. */
const footerOf = (language: Locale, url: string) => {
  const t = translator(language);
  return [
    { text: t("mail.unsubscribe"), url },
    { text: t("mail.preferences"), url: absolute("/settings/notifications") },
  ];
};

/** One mail with what a person was told: one notification, or a list of several. */
export function notificationLetter(
  reader: Reader,
  notifications: readonly NotificationView[],
  { isDaily }: { isDaily: boolean },
): Mail {
  const { email: to, language, userId } = reader;
  const t = translator(language);
  const known = notifications.filter(({ kind }) => isKindName(kind));
  const [only] = known;
  if (!only) throw new Error("A mail without a notification");
  const unsubscribe = unsubscribeUrl({
    userId,
    kinds: isDaily && known.length > 1 ? "daily" : [...new Set(known.map(({ kind }) => kind))],
  });
  const common = { to, language, unsubscribeUrl: unsubscribe, footer: footerOf(language, unsubscribe) };
  if (known.length === 1) {
    const sentence = sentenceOf(only, reader);
    const [first, ...others] = offeredBy(only);
    return compose({
      ...{ ...common, subject: sentence },
      blocks: [
        ...noteOf(only, reader),
        ...(first ? [{ is: "button" as const, label: t(first.label), url: absolute(first.path) }] : []),
        ...(others.length > 0
          ? [
              {
                is: "list" as const,
                items: others.map(({ label, path }) => ({ text: t(label), url: absolute(path) })),
              },
            ]
          : []),
        {
          is: "note",
          text: t("mail.why", { kind: t(`notifications.kinds.${only.kind as KindName}.label`) }),
        },
      ],
    });
  }
  const listed = known.slice(0, MOST_LISTED);
  const more = known.length - listed.length;
  return compose({
    ...{
      ...common,
      subject: t(isDaily ? "mail.summary.daily" : "mail.summary.several", { count: known.length }),
    },
    blocks: [
      {
        is: "list",
        items: listed.map((notification) => ({
          text: sentenceOf(notification, reader),
          note: formatDate(notification.happenedAt, {
            ...{ locale: language, timeZone: reader.timeZone ?? "UTC", style: "dateTime" },
          }),
          url: notification.path && absolute(notification.path),
        })),
      },
      ...(more > 0 ? [{ is: "text" as const, text: t("mail.summary.more", { count: more }) }] : []),
      { is: "button", label: t("mail.summary.button"), url: absolute("/notifications") },
    ],
  });
}

/** For mails of a kind that are sent elsewhere, to people with an account. */
export const unsubscribing = (userId: string, kind: KindName, language: Locale) => {
  const url = unsubscribeUrl({ userId, kinds: [kind] });
  return { unsubscribeUrl: url, footer: footerOf(language, url) };
};

/** For invitations to addresses that have none. */
export const refusing = (address: string, language: Locale) => {
  const url = unsubscribeUrl({ address });
  return { unsubscribeUrl: url, footer: [{ text: translator(language)("mail.unsubscribe"), url }] };
};

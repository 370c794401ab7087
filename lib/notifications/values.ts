import { formatDate, formatUsage } from "#lib/i18n/format.ts";
import { type Locale } from "#lib/i18n/locales.ts";

/** What kinds of notifications are about; the page filters by it. */
export const topics = ["sharing", "requests", "documents", "account"] as const;
export type Topic = (typeof topics)[number];

/** When a kind comes by mail: as it happens, in one summary a day, or not. */
export const mailChoices = ["now", "daily", "never"] as const;
export type MailChoice = (typeof mailChoices)[number];

/** Unread ones are counted this far; beyond it the bell says "99+". */
export const MOST_COUNTED = 100;

/** What a notification's text is made from. */
interface Told {
  count: number;
  actor: { name: string } | null;
  collection: { name: string } | null;
  document: { name: string } | null;
  facts: Record<string, string | number | boolean>;
}

/**
 * The values of `notifications.kinds.{kind}.text`, for pages and mails alike: what a kind noted, and what all have. `words`
 * stand for what is not known.
 */
export function textValuesOf(
  { count, actor, collection, document, facts }: Told,
  { locale, timeZone, words }: { locale: Locale; timeZone?: string; words: { somebody: string } },
): Record<string, string | number> {
  const text = (name: string) => String(facts[name] ?? "");
  const endsAt = text("endsAt");
  const { used, limit } = formatUsage(Number(facts.used ?? 0), Number(facts.limit ?? 0), locale);
  return {
    ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, String(value)])),
    count,
    actor: actor?.name || words.somebody,
    several: actor ? "no" : "yes",
    name: document?.name ?? collection?.name ?? text("name"),
    named: document || collection || facts.name ? "yes" : "no",
    place: collection?.name ?? "",
    role: text("role"),
    roleName: text("roleName"),
    group: facts.group ? "some" : "none",
    groupName: text("group"),
    change: facts.isRoleNew ? "role" : endsAt ? "end" : "endless",
    date: endsAt ? formatDate(endsAt, { locale, timeZone }) : "",
    type: text("type"),
    used,
    limit,
  };
}

/** The message of a kind's sentence, and of its name in the settings, below `notifications`. A later server may know more kinds. */
export const textKeyOf = (kind: string) => `kinds.${kind}.text` as "kinds.shared.text";
export const labelKeyOf = (kind: string) => `kinds.${kind}.label` as "kinds.shared.label";

import { type Locale } from "./locales.ts";

const units = ["B", "KB", "MB", "GB", "TB", "PB"] as const;
const step = 1024;

/** Making a format costs a hundred times what using it does, and a page uses few of them often. */
function kept<Format>(make: (locale: string, variant: string) => Format) {
  const formats = new Map<string, Format>();
  return (locale: string, variant = ""): Format => {
    const key = `${locale} ${variant}`;
    let format = formats.get(key);
    if (!format) {
      // zones come from a cookie: enough for those of one place, bounded against those made up
      if (formats.size >= mostKept) formats.clear();
      format = make(locale, variant);
      formats.set(key, format);
    }
    return format;
  };
}
const mostKept = 500;

/** One decimal below 100, none above: 3.2, 48.5, 512. */
const wholeNumbers = kept((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const decimalNumbers = kept((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }));
const formatNumber = (value: number, locale: Locale, digits: 0 | 1): string =>
  (digits === 0 ? wholeNumbers : decimalNumbers)(locale).format(value);

/** A size in the largest unit (powers of 1,024) in which it is at least 1, as it would be read after rounding. */
function splitBytes(bytes: number, locale: Locale): { value: string; unit: string } {
  let amount = Math.max(0, bytes);
  let index = 0;
  // 1023.5 and more would be shown as "1,024" of the smaller unit
  while (amount >= step - 0.5 && index < units.length - 1) {
    amount /= step;
    index += 1;
  }
  return { value: formatNumber(amount, locale, index > 0 && amount < 99.95 ? 1 : 0), unit: units[index]! };
}

const unbreakable = "\u00a0";

/** A size for people: "3.2 GB", in German "3,2 GB". Units are powers of 1,024; the space does not break. */
export function formatBytes(bytes: number, locale: Locale): string {
  const { value, unit } = splitBytes(bytes, locale);
  return `${value}${unbreakable}${unit}`;
}

/**
 * The two figures of "3.2 of 5 GB": the used one drops its unit where both share it.
 * Something used is never shown as 0, and a store that is not full never as full.
 */
export function formatUsage(used: number, limit: number, locale: Locale): { used: string; limit: string } {
  const whole = splitBytes(limit, locale);
  const part = splitBytes(used, locale);
  const shownLimit = `${whole.value}${unbreakable}${whole.unit}`;
  if (used === 0) return { used: "0", limit: shownLimit };
  if (part.unit !== whole.unit) return { used: `${part.value}${unbreakable}${part.unit}`, limit: shownLimit };
  if (used < limit && part.value === whole.value) {
    const exponent = units.indexOf(whole.unit as (typeof units)[number]);
    const floored = Math.floor((used / step ** exponent) * 10) / 10;
    return { used: formatNumber(floored, locale, 1), limit: shownLimit };
  }
  return { used: part.value, limit: shownLimit };
}

const dateStyles = {
  /** 3 Dec 2026 */
  date: { dateStyle: "medium" },
  /** 3 Dec 2026, 14:05 */
  dateTime: { dateStyle: "medium", timeStyle: "short" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const dateFormat = (style: Intl.DateTimeFormatOptions) =>
  kept((locale, timeZone) => new Intl.DateTimeFormat(locale, { ...style, timeZone }));
const dateFormats = { date: dateFormat(dateStyles.date), dateTime: dateFormat(dateStyles.dateTime) };

/** A point in time in the reader's language and zone. Takes ISO 8601 as the API gives it. */
export function formatDate(
  value: string | Date,
  {
    locale,
    timeZone = "UTC",
    style = "date",
  }: { locale: Locale; timeZone?: string; style?: keyof typeof dateStyles },
): string {
  // British order (3 Dec 2026) reads the same everywhere English is read
  const tag = locale === "en" ? "en-GB" : locale;
  return dateFormats[style](tag, timeZone).format(new Date(value));
}

const spans = [
  ["minute", 60],
  ["hour", 3600],
  ["day", 86_400],
  ["week", 604_800],
  ["month", 2_629_800],
  ["year", 31_557_600],
] as const;

const relativeFormats = kept((locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));

export type Tense = "past" | "future";

/**
 * "3 hours ago", "yesterday", "in 2 days"; within 45 seconds "now". `now` is given so that server and browser agree. What
 * is past is never told as still to come, nor the other way round: the clocks of two machines may differ.
 */
export function formatRelative(
  value: string | Date,
  now: Date,
  locale: Locale,
  tense: Tense = "past",
): string {
  const distance = (new Date(value).getTime() - now.getTime()) / 1000;
  const seconds = tense === "past" ? Math.min(0, distance) : Math.max(0, distance);
  const format = relativeFormats(locale);
  if (Math.abs(seconds) < 45) return format.format(0, "second");
  let [unit, size]: readonly [Intl.RelativeTimeFormatUnit, number] = spans[0];
  for (const [name, length] of spans) if (Math.abs(seconds) >= length * 0.95) [unit, size] = [name, length];
  const amount = Math.round(seconds / size);
  return format.format(amount === 0 ? Math.sign(seconds) : amount, unit);
}

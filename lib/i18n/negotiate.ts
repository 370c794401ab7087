import { defaultLocale, isLocale, type Locale, localeCookie } from "./locales.ts";

/** Anything with a case-insensitive `get`, such as `Headers`. */
interface HeaderSource {
  get(name: string): string | null;
}
/** Anything with a `get`, such as Next's cookie store. */
interface CookieSource {
  get(name: string): { value: string } | undefined;
}

/** More ranges than this are a nuisance, not a preference. */
const maxRanges = 20;

/** The best offered language of an Accept-Language header (RFC 9110, 12.5.4), or null when none fits. */
export function matchAcceptLanguage(header: string | null): Locale | null {
  const ranges = (header ?? "").split(",", maxRanges).map((part, position) => {
    const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
    const weight = parameters
      .map((parameter) => parameter.trim())
      .find((parameter) => parameter.startsWith("q="));
    const quality = weight === undefined ? 1 : Number(weight.slice(2));
    return { tag: tag.trim(), quality: Number.isFinite(quality) ? quality : 0, position };
  });
  const wanted = ranges
    .filter(({ tag, quality }) => tag !== "" && quality > 0)
    .toSorted((a, b) => b.quality - a.quality || a.position - b.position);
  for (const { tag } of wanted) {
    if (tag === "*") return defaultLocale;
    const language = tag.split("-", 1)[0];
    if (isLocale(language)) return language;
  }
  return null;
}

/** The reader's language: what they chose (cookie), else what their browser asks for, else English. Never throws. */
export function localeFromHeaders(headers: HeaderSource, cookies?: CookieSource): Locale {
  const chosen = cookies?.get(localeCookie)?.value ?? cookieValue(headers.get("cookie"), localeCookie);
  if (isLocale(chosen)) return chosen;
  return matchAcceptLanguage(headers.get("accept-language")) ?? defaultLocale;
}

/** A cookie's value in a plain Cookie header. Only for names and values that need no decoding. */
function cookieValue(header: string | null, name: string): string | undefined {
  const pair = header
    ?.split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** `value` if the runtime knows it as an IANA time zone, else UTC. */
export function timeZoneOf(value: string | undefined): string {
  if (!value) return "UTC";
  try {
    return new Intl.DateTimeFormat("en", { timeZone: decodeURIComponent(value) }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

export { formatBytes, formatDate, formatRelative, formatUsage } from "./format.ts";
export { defaultLocale, isLocale, type Locale, localeCookie, locales } from "./locales.ts";
export { localeFromHeaders } from "./negotiate.ts";
export { type MessageKey, type Translator, translator } from "./translator.ts";

export { type Locale, localeCookie } from "./locales.ts";
export { localeFromHeaders } from "./negotiate.ts";
export { translator } from "./translator.ts";

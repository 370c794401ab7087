/** The languages of the interface, API messages and mails; the first is the default. */
export const locales = ["en", "de"] as const;
export type Locale = (typeof locales)[number];
export const defaultLocale: Locale = "en";

/** Each language by its own name, as menus show it. */
export const localeNames: Record<Locale, string> = { en: "English", de: "Deutsch" };

/** Cookie with the language a person chose; it beats Accept-Language. */
export const localeCookie = "sheaf-locale";
/** Cookie with the browser's IANA time zone, so that the server renders the same dates as the browser. */
export const timeZoneCookie = "sheaf-time-zone";

export const isLocale = (value: unknown): value is Locale => locales.includes(value as Locale);

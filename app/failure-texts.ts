import de from "#lib/i18n/messages/de/failure.json" with { type: "json" };
import en from "#lib/i18n/messages/en/failure.json" with { type: "json" };

/** In the language of the page that failed, where it came as far as to have one. */
export const failureTexts = () =>
  typeof document !== "undefined" && document.documentElement.lang === "de" ? de : en;

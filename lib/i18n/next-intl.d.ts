import { type Locale as AppLocale } from "./locales.ts";
import { type Messages as AppMessages } from "./messages/index.ts";

declare module "next-intl" {
  interface AppConfig {
    Locale: AppLocale;
    Messages: AppMessages;
  }
}

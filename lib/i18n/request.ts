import { getRequestConfig } from "next-intl/server";
import { cookies, headers } from "next/headers";
import { timeZoneCookie } from "./locales.ts";
import { messages } from "./messages/index.ts";
import { localeFromHeaders, timeZoneOf } from "./negotiate.ts";

/** next-intl's settings for one request; the plugin in next.config.ts points here. */
export default getRequestConfig(async () => {
  const [requestHeaders, cookieStore] = await Promise.all([headers(), cookies()]);
  const locale = localeFromHeaders(requestHeaders, cookieStore);
  return {
    locale,
    messages: messages[locale],
    timeZone: timeZoneOf(cookieStore.get(timeZoneCookie)?.value),
    now: new Date(),
  };
});

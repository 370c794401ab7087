import fc from "fast-check";
import { expect, test } from "vitest";
import { locales } from "./locales.ts";
import { localeFromHeaders, matchAcceptLanguage, timeZoneOf } from "./negotiate.ts";

test.each([
  [null, null],
  ["", null],
  ["de", "de"],
  ["de-AT,de;q=0.9,en;q=0.8", "de"],
  ["DE-at", "de"],
  ["fr-FR,fr;q=0.9,de;q=0.5,en;q=0.7", "en"],
  ["en;q=0.2, de;q=0.3", "de"],
  ["de;q=0, en", "en"],
  ["de;q=0", null],
  ["fr, es", null],
  ["fr, *;q=0.1", "en"],
  ["deutsch", null],
  ["de;q=oops, en;q=0.1", "en"],
  ["de;level=1;q=0.9,en;q=0.8", "de"],
])("Accept-Language %j gives %j", (header, locale) => {
  expect(matchAcceptLanguage(header)).toBe(locale);
});

test("a chosen language beats the browser's", () => {
  const headers = new Headers({ "accept-language": "de" });
  expect(localeFromHeaders(headers)).toBe("de");
  expect(localeFromHeaders(headers, { get: () => ({ value: "en" }) })).toBe("en");
  expect(localeFromHeaders(new Headers({ "accept-language": "de", cookie: "a=b; sheaf-locale=en" }))).toBe(
    "en",
  );
});

test("an unknown choice counts for nothing", () => {
  const headers = new Headers({ "accept-language": "de", cookie: "sheaf-locale=xx; other-sheaf-locale=en" });
  expect(localeFromHeaders(headers)).toBe("de");
  expect(localeFromHeaders(new Headers())).toBe("en");
});

test("no header leads anywhere but to a language there is", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (header) => {
      const source = { get: () => header };
      expect(locales).toContain(localeFromHeaders(source));
    }),
  );
});

test.each([
  [undefined, "UTC"],
  ["", "UTC"],
  ["Europe/Berlin", "Europe/Berlin"],
  ["Europe%2FBerlin", "Europe/Berlin"],
  ["Mars/Olympus", "UTC"],
  ["%", "UTC"],
])("time zone %j is read as %s", (value, zone) => {
  expect(timeZoneOf(value)).toBe(zone);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { formatBytes, formatDate, formatRelative, formatUsage } from "./format.ts";

const kb = 1024;
const mb = kb * 1024;
const gb = mb * 1024;
/** The space between figure and unit does not break; tests read better with a plain one. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");

test.each([
  [0, "0 B"],
  [1, "1 B"],
  [1023, "1,023 B"],
  [kb, "1 KB"],
  [1.5 * kb, "1.5 KB"],
  [99.94 * kb, "99.9 KB"],
  [99.96 * kb, "100 KB"],
  [512.4 * mb, "512 MB"],
  [mb - 1, "1 MB"],
  [3.2 * gb, "3.2 GB"],
  [5 * gb, "5 GB"],
  [100 * gb, "100 GB"],
])("%d bytes read as %s", (bytes, text) => {
  expect(plain(formatBytes(bytes, "en"))).toBe(text);
});

test("German writes a comma", () => {
  expect(plain(formatBytes(3.2 * gb, "de"))).toBe("3,2 GB");
});

test("a figure is never longer than four digits, whatever the size", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
      const [figure = ""] = plain(formatBytes(bytes, "en")).split(" ");
      expect(Number(figure.replaceAll(",", ""))).toBeLessThan(1024);
    }),
  );
});

test.each([
  [3.2 * gb, 5 * gb, "3.2", "5 GB"],
  [812 * mb, 5 * gb, "812 MB", "5 GB"],
  [0, 5 * gb, "0", "5 GB"],
  [1, 5 * gb, "1 B", "5 GB"],
  [5 * gb, 5 * gb, "5", "5 GB"],
  [5 * gb - 1, 5 * gb, "4.9", "5 GB"],
  [99.99 * gb, 100 * gb, "99.9", "100 GB"],
  [6 * gb, 5 * gb, "6", "5 GB"],
])("%d of %d is told as %s of %s", (used, limit, usedText, limitText) => {
  const words = formatUsage(used, limit, "en");
  expect([plain(words.used), plain(words.limit)]).toEqual([usedText, limitText]);
});

test("dates follow language and time zone", () => {
  const late = "2026-12-03T23:30:00Z";
  expect(formatDate(late, { locale: "en" })).toBe("3 Dec 2026");
  expect(formatDate(late, { locale: "en", timeZone: "Europe/Berlin" })).toBe("4 Dec 2026");
  expect(formatDate(late, { locale: "de", timeZone: "Europe/Berlin", style: "dateTime" })).toBe(
    "04.12.2026, 00:30",
  );
});

const now = new Date("2026-12-03T12:00:00Z");
const second = 1000;
const hour = 3600 * second;
test.each([
  [-10 * second, "now"],
  [-50 * second, "1 minute ago"],
  [-59.5 * 60 * second, "1 hour ago"],
  [-3 * hour, "3 hours ago"],
  [-24 * hour, "yesterday"],
  [-6 * 24 * hour, "6 days ago"],
  [-8 * 24 * hour, "last week"],
  [-800 * 24 * hour, "2 years ago"],
])("%d ms from now is %s", (offset, text) => {
  expect(formatRelative(new Date(now.getTime() + offset), now, "en")).toBe(text);
});

test.each([
  [40 * 24 * hour, "next month"],
  [2 * 24 * hour, "in 2 days"],
])("%d ms to come is %s, and by a clock that is behind, what is past is now", (offset, text) => {
  const moment = new Date(now.getTime() + offset);
  expect(formatRelative(moment, now, "en", "future")).toBe(text);
  expect(formatRelative(moment, now, "en")).toBe("now");
  expect(formatRelative(now, moment, "en", "future")).toBe("now");
});

test("German counts back, too", () => {
  expect(formatRelative("2026-12-01T12:00:00Z", now, "de")).toBe("vorgestern");
});

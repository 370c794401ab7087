import { expect, test } from "vitest";
import { translator } from "./translator.ts";

test("fills in values by the language's rules", () => {
  expect(translator("en")("problems.codes.rate_limited.detail", { seconds: 1 })).toContain("1 second.");
  expect(translator("de")("problems.codes.rate_limited.detail", { seconds: 3 })).toContain("3 Sekunden");
});

test("knows which names are messages", () => {
  const t = translator("en");
  expect(t.has("problems.codes.not_found.title")).toBe(true);
  expect(t.has("problems.codes.nothing.title")).toBe(false);
  expect(t.has("problems.codes")).toBe(false);
});

test("a missing value throws instead of reaching a reader", () => {
  expect(() => translator("en")("problems.codes.rate_limited.detail")).toThrow();
});

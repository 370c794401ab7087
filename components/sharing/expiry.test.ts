import { expect, test } from "vitest";
import { endProblem, expiryOf } from "./expiry.ts";

const now = new Date(2026, 2, 14, 15, 30);

test("a day that is not picked, or over, is no end", () => {
  for (const day of ["", "soon", "12026-03-14"]) expect(endProblem("date", day, now), day).toBe("noDay");
  expect(endProblem("date", "2026-03-13", now)).toBe("pastDay");
  expect(endProblem("date", "2026-03-14", now)).toBeNull();
  expect(endProblem("date", "2027-01-01", now)).toBeNull();
  expect(endProblem("never", "", now)).toBeNull();
  expect(endProblem("week", "2026-03-13", now)).toBeNull();
});

test("access lasts until the end of its last day, or for a number of days", () => {
  expect(expiryOf("never", "2026-03-14", now)).toBeNull();
  expect(expiryOf("date", "2026-03-14", now)).toBe(new Date(2026, 2, 14, 23, 59, 59).toISOString());
  expect(expiryOf("week", "", now)).toBe(new Date(now.getTime() + 7 * 86_400_000).toISOString());
});

import { expect, it } from "vitest";
import { fits } from "./fits.ts";

it("goes by any part of a name or address, whatever its case", () => {
  expect(fits(" KLEIN ", "Marc Klein", "marc@example.org")).toBe(true);
  expect(fits("@Example", "Marc Klein", "marc@example.org")).toBe(true);
  expect(fits("marc k", "Marc Klein", "marc@example.org")).toBe(true);
  expect(fits("a\u0308pfel\u3000", "Rote \u00c4pfel")).toBe(true);
  expect(fits("edit", "Press")).toBe(false);
  expect(fits("klein m", "Marc Klein", "marc@example.org")).toBe(false);
});

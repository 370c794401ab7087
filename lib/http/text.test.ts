import { expect, it } from "vitest";
import { isStorable } from "./text.ts";

it("tells text that PostgreSQL can hold from text that it can't", () => {
  for (const text of ["", "Müller", "👩‍👩‍👧", "می‌خواهم", "\u0001\n", "\ufffd"])
    expect(isStorable(text)).toBe(true);
  for (const text of ["\0", "a\0b", "\ud800", "\udc00a", "👩".slice(0, 1)])
    expect(isStorable(text)).toBe(false);
});

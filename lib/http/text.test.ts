import { expect, it } from "vitest";
import { isStorable, unstorableIn } from "./text.ts";

it("tells text that PostgreSQL can hold from text that it can't", () => {
  for (const text of ["", "Müller", "👩‍👩‍👧", "می‌خواهم", "\u0001\n", "\ufffd"])
    expect(isStorable(text)).toBe(true);
  for (const text of ["\0", "a\0b", "\ud800", "\udc00a", "👩".slice(0, 1)])
    expect(isStorable(text)).toBe(false);
});

it("names the paths of what can't be stored, wherever it lies", () => {
  expect(unstorableIn("\0")).toEqual([""]);
  expect(unstorableIn({ name: "a\0", list: ["b", { deep: "\ud800" }], count: 3, none: null })).toEqual([
    "name",
    "list.1.deep",
  ]);
  expect(unstorableIn(undefined)).toEqual([]);
});

it("copes with what is nested deeply and with what is wrong very often", () => {
  const deep = `${"[".repeat(400_000)}"\\u0000"${"]".repeat(400_000)}`;
  expect(unstorableIn(JSON.parse(deep))).toHaveLength(1);
  expect(unstorableIn(Array.from({ length: 100_000 }, () => "\0"))).toHaveLength(50);
});

import { describe, expect, it } from "vitest";
import {
  idSchema,
  momentSchema,
  nameSchema,
  noteSchema,
  searchSchema,
  textSchema,
  versionSchema,
} from "./schema.ts";
import { foldedName } from "./values.ts";

describe("a note", () => {
  const note = noteSchema(20);

  it.each([
    ["  one\r\ntwo \r\n", "one\ntwo"],
    ["one\n\n\n\n\ntwo", "one\n\ntwo"],
    ["one\u2028two\u0085three", "one\ntwo\nthree"],
    ["a\tb", "a b"],
    ["annexe\u202efdp.exe", "annexefdp.exe"],
    ["be\u0007ll\u001b[1m", "bell[1m"],
    ["A\u0308pfel", "\u00c4pfel"],
    ["\n\u200b\n", ""],
  ])("keeps its lines and loses what can't be seen: %j", (given, kept) => {
    expect(note.parse(given)).toBe(kept);
  });

  it("is bounded before and after", () => {
    expect(note.safeParse("a".repeat(21)).success).toBe(false);
    expect(note.safeParse(" ".repeat(81)).success).toBe(false);
    expect(note.parse(`${" ".repeat(40)}short`)).toBe("short");
  });
});

describe("a name", () => {
  const name = nameSchema(20);

  it.each([
    ["  Letters ", "Letters"],
    ["Two\r\nlines\tand\u2028more", "Two lines and more"],
    ["\u200bzero\u2060width\ufeff", "zerowidth"],
    ["annexe\u202efdp.exe", "annexefdp.exe"],
    ["a\u2067b\u2069c", "abc"],
    ["soft\u00adhyphen", "softhyphen"],
    ["be\u0007ll\u001b[1m", "bell[1m"],
    [`${"\u200b".repeat(50)}short`, "short"],
    ["A\u0308pfel", "\u00c4pfel"],
    ["\u1100\u1161", "\uac00"],
  ])("loses what is pasted along unseen: %j", (given, kept) => {
    expect(name.parse(given)).toBe(kept);
  });

  it.each(["👩‍👩‍👧 ❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "می‌خواهم", "שלום\u200f (1)", "क्‍ष", "北京", "−"])("keeps %s", (text) => {
    expect(name.parse(text)).toBe(text);
  });

  it("is as long as it is composed", () => {
    expect(name.parse("e\u0301".repeat(20))).toBe("\u00e9".repeat(20));
    expect(name.safeParse("e\u0301".repeat(21)).error?.issues.map((issue) => issue.code)).toEqual([
      "too_big",
    ]);
  });

  it.each([
    ["", "too_small"],
    [" \n\u200b ", "too_small"],
    ["\u200d\u200c", "custom"],
    ["\u200e", "custom"],
    ["\u2800", "custom"],
    ["\ufe0f", "custom"],
    ["a".repeat(21), "too_big"],
  ])("is something that can be seen, and not too long: %j", (text, code) => {
    expect(name.safeParse(text).error?.issues.map((issue) => issue.code)).toEqual([code]);
  });
});

it("nothing is done with a text that is too long", () => {
  const looked: string[] = [];
  const schema = textSchema(3).overwrite((text) => (looked.push(text), text));
  expect(schema.safeParse("abcd").error?.issues.map((issue) => issue.code)).toEqual(["too_big"]);
  expect(schema.parse("abc")).toBe("abc");
  expect(looked).toEqual(["abc"]);
});

it("what is searched for is composed, as names are", () => {
  expect(searchSchema(9).parse(" A\u0308pfel ")).toBe("\u00c4pfel");
});

it("names are compared without case, composed, and with any white space as one", () => {
  const one = foldedName("\u00c4pfel und Birnen");
  for (const other of ["A\u0308PFEL\u00a0UND BIRNEN", "\u00e4pfel\u3000und \u2003 birnen"])
    expect(foldedName(other)).toBe(one);
  expect(foldedName("\u00c4pfelund Birnen")).not.toBe(one);
});

it("ids come out in lower case", () => {
  expect(idSchema.parse("0190F2A0-AAAA-7BBB-8CCC-1234567890AB")).toBe("0190f2a0-aaaa-7bbb-8ccc-1234567890ab");
});

it("versions fit their column, moments the years there are", () => {
  for (const version of [1, 2_147_483_647]) expect(versionSchema.safeParse(version).success).toBe(true);
  for (const version of [0, -1, 1.5, 2_147_483_648, Number.MAX_SAFE_INTEGER])
    expect(versionSchema.safeParse(version).success).toBe(false);
  for (const moment of ["9999-12-31T23:59:59Z", "2026-01-01T00:00:00.123+05:30", "0001-01-01T00:00:00Z"])
    expect(momentSchema.safeParse(moment).success).toBe(true);
  for (const moment of [
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+01:00",
    "0000-01-01T00:00:00Z",
    "soon",
  ])
    expect(momentSchema.safeParse(moment).error?.issues).toHaveLength(1);
});

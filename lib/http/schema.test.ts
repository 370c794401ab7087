import { describe, expect, it } from "vitest";
import { idSchema, momentSchema, nameSchema, versionSchema } from "./schema.ts";

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
  ])("loses what is pasted along unseen: %j", (given, kept) => {
    expect(name.parse(given)).toBe(kept);
  });

  it.each(["👩‍👩‍👧 ❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "می‌خواهم", "שלום\u200f (1)", "क्‍ष", "北京", "Zoe\u0308", "−"])(
    "keeps %s",
    (text) => {
      expect(name.parse(text)).toBe(text);
    },
  );

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

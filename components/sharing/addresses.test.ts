import { describe, expect, it } from "vitest";
import { isAddress, splitAddresses } from "./addresses.ts";

describe("splitAddresses", () => {
  it.each([
    ["anna@example.org", ["anna@example.org"]],
    [
      "a@example.org, b@example.org;c@example.org\nd@example.org",
      ["a", "b", "c", "d"].map((x) => `${x}@example.org`),
    ],
    ["Anna Berg <anna@example.org>, Marc <marc@example.org>", ["anna@example.org", "marc@example.org"]],
    ['"Berg, Anna" <anna@example.org>', ["anna@example.org"]],
    ["mailto:anna@example.org.", ["anna@example.org"]],
    ["", []],
    ["  ,; \n", []],
  ])("reads %j", (text, expected) => expect(splitAddresses(text)).toEqual(expected));

  it("keeps each address once, whatever its case", () => {
    expect(splitAddresses("Anna@Example.org anna@example.org")).toEqual(["Anna@Example.org"]);
  });

  it("keeps what is no address, so that it can be shown", () => {
    expect(splitAddresses("anna, b@example.org")).toEqual(["anna", "b@example.org"]);
  });
});

describe("isAddress", () => {
  it.each(["anna@example.org", "a.b+c@sub.example.co"])("takes %s", (text) =>
    expect(isAddress(text)).toBe(true),
  );
  it.each(["anna", "anna@", "@example.org", "a b@example.org", "a@b@example.org", "anna@example"])(
    "refuses %s",
    (text) => expect(isAddress(text)).toBe(false),
  );
});

import { expect, it } from "vitest";
import { limitsIn } from "./classes.ts";

it("reads limits by class", () => {
  expect(limitsIn("")).toEqual({});
  expect(limitsIn("share=100/3600, read=6000/60\nunlock=5/900")).toEqual({
    share: { most: 100, windowSeconds: 3600 },
    read: { most: 6000, windowSeconds: 60 },
    unlock: { most: 5, windowSeconds: 900 },
  });
});

it.each([
  "share",
  "share=",
  "share=0/60",
  "share=5/0",
  "share=-5/60",
  "shares=5/60",
  "toString=5/60",
  "share=5/60s",
])("names what is no limit: %s", (text) => {
  expect(() => limitsIn(`read=1/1 ${text}`)).toThrow(`"${text}" is not "class=calls/seconds"`);
});

import { expect, test } from "vitest";
import { areaUnderCurve } from "./index.ts";

test("tells how well two kinds of times can be told apart", () => {
  expect(areaUnderCurve([1, 2, 3], [4, 5, 6])).toBe(1);
  expect(areaUnderCurve([4, 5, 6], [1, 2, 3])).toBe(1);
  expect(areaUnderCurve([1, 1, 1], [1, 1, 1])).toBe(0.5);
  expect(areaUnderCurve([1, 4], [2, 3])).toBe(0.5);
  expect(areaUnderCurve([1, 2, 3, 5], [4, 6, 7, 8])).toBe(15 / 16);
});

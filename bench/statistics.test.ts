import { expect, it } from "vitest";
import { median, middleMean, percentile, range } from "./statistics.ts";

it("takes percentiles by nearest rank, whatever the order", () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(percentile(values, 0.5)).toBe(50);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile(values, 1)).toBe(100);
  expect(percentile([7], 0.01)).toBe(7);
  expect(values[0]).toBe(100);
});

it("takes the middle, or the mean of the two in the middle", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  // sorted as numbers, not as texts
  expect(median([10, 9, 100])).toBe(10);
});

it("takes the mean of the middle half", () => {
  expect(middleMean([100, 2, 1, 1, 2, 2, 2, 0])).toBe(1.75);
  expect(middleMean([3])).toBe(3);
  expect(middleMean([1, 2, 6])).toBe(3);
});

it("has no figure for no values", () => {
  expect(percentile([], 0.5)).toBeNaN();
  expect(median([])).toBeNaN();
  expect(middleMean([])).toBeNaN();
  expect(range([])).toEqual([NaN, NaN]);
});

type Numbers = ArrayLike<number>;

const ascending = (values: Numbers) => Float64Array.from(values).sort();

/** The value that a share `part` (0 to 1) of all values does not exceed (nearest rank). NaN without values. */
export function percentile(values: Numbers, part: number): number {
  const sorted = ascending(values);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? NaN;
}

/** The middle value, or the mean of the two in the middle. NaN without values. */
export function median(values: Numbers): number {
  const sorted = ascending(values);
  const half = sorted.length / 2;
  if (!Number.isInteger(half)) return sorted[Math.floor(half)]!;
  return half === 0 ? NaN : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * The mean of the middle half: as robust against outliers as the median, and finer than the clock where all values are
 * whole ticks. NaN without values.
 */
export function middleMean(values: Numbers): number {
  const sorted = ascending(values);
  const quarter = Math.floor(sorted.length / 4);
  const middle = sorted.slice(quarter, sorted.length - quarter);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** The smallest and the largest. */
export const range = (values: Numbers): [least: number, most: number] => {
  const sorted = ascending(values);
  return [sorted[0] ?? NaN, sorted.at(-1) ?? NaN];
};

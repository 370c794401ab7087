import { expect, it } from "vitest";
import { Turns } from "./turns.ts";

/** A queue of numbers that says which have begun, and in which groups; `end` ends the group that begins with a number. */
function queue(options: {
  most: number;
  together?: number;
  quickMs: number;
  isAlone?: (n: number) => boolean;
}) {
  const { isAlone = () => false, ...rest } = options;
  const groups: number[][] = [];
  const ends = new Map<number, () => void>();
  const begun = new Map<number, PromiseWithResolvers<void>>();
  const begin = (n: number) => {
    const known = begun.get(n) ?? Promise.withResolvers<void>();
    begun.set(n, known);
    return known;
  };
  const turns = new Turns<number>({
    ...rest,
    mayJoin: (first, n) => !isAlone(first) && !isAlone(n),
    depart: (group, done) => {
      groups.push(group);
      ends.set(group[0]!, done);
      for (const n of group) begin(n).resolve();
    },
  });
  return {
    groups,
    take: (...numbers: number[]) => numbers.forEach((n) => turns.take(n)),
    end: (n: number) => ends.get(n)!(),
    begun: (n: number) => begin(n).promise,
  };
}

it("lets as many begin alone as may, and the others in their order as soon as one ends", () => {
  const { groups, take, end } = queue({ most: 2, together: 1, quickMs: 60_000 });
  take(1, 2, 3, 4);
  expect(groups).toEqual([[1], [2]]);
  end(2);
  expect(groups).toEqual([[1], [2], [3]]);
  end(1);
  expect(groups).toEqual([[1], [2], [3], [4]]);
});

it("sends those that had to wait together, up to a bound", () => {
  const { groups, take, end } = queue({ most: 1, together: 4, quickMs: 60_000 });
  take(1, 2, 3, 4, 5, 6, 7);
  end(1);
  expect(groups).toEqual([[1], [2, 3, 4, 5]]);
  end(2);
  expect(groups).toEqual([[1], [2, 3, 4, 5], [6, 7]]);
});

it("sends nobody with those that go alone, and lets nobody overtake", () => {
  const { groups, take, end } = queue({ most: 1, quickMs: 60_000, isAlone: (n) => n === 4 || n === 5 });
  take(1, 2, 3, 4, 5, 6);
  for (const n of [1, 2, 4, 5]) end(n);
  expect(groups).toEqual([[1], [2, 3], [4], [5], [6]]);
});

it("leaves no place free while some wait", async () => {
  const { groups, take, begun } = queue({ most: 2, together: 4, quickMs: 1 });
  take(1, 2, 3, 4, 5);
  // both turn out slow by the time that anybody looks: two places for three
  for (const until = performance.now() + 3; performance.now() < until;);
  await begun(5);
  expect(groups).toEqual([[1], [2], [3, 4], [5]]);
});

it("holds nobody up for work that is slow, however much of it there is", async () => {
  const { groups, take, end, begun } = queue({ most: 2, together: 1, quickMs: 1 });
  const stuck = [1, 2, 3, 4, 5, 6, 7, 8];
  take(...stuck, 9);
  await begun(9);
  // what comes to an end late frees no place that was given away before
  stuck.forEach(end);
  take(11, 12, 13, 14);
  const later = groups.flat().filter((n) => n > 10).length;
  expect(later).toBeGreaterThan(0);
  expect(later).toBeLessThanOrEqual(2);
});

it("takes turns that end at once without waiting", () => {
  const order: number[] = [];
  const turns = new Turns<number>({
    most: 1,
    quickMs: 60_000,
    mayJoin: () => true,
    depart: (group, done) => {
      order.push(...group);
      done();
    },
  });
  for (const n of [1, 2, 3]) turns.take(n);
  expect(order).toEqual([1, 2, 3]);
});

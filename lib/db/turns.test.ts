import { expect, it } from "vitest";
import { Turns } from "./turns.ts";

/** Takes a turn; says when it began, and ends it. */
function takeOne(turns: Turns) {
  const began = Promise.withResolvers<void>();
  let end: (() => void) | undefined;
  turns.take((done) => {
    end = done;
    began.resolve();
  });
  return { began: began.promise, hasBegun: () => end !== undefined, end: () => end!() };
}

it("lets as many begin as may, and the others in their order as soon as one ends", () => {
  const turns = new Turns({ most: 2, quickMs: 60_000 });
  const all = Array.from({ length: 4 }, () => takeOne(turns));
  const begun = () => all.map(({ hasBegun }) => hasBegun());
  expect(begun()).toEqual([true, true, false, false]);
  all[1]!.end();
  expect(begun()).toEqual([true, true, true, false]);
  all[0]!.end();
  expect(begun()).toEqual([true, true, true, true]);
});

it("holds nobody up for work that is slow, however much of it there is", async () => {
  const turns = new Turns({ most: 2, quickMs: 1 });
  const stuck = Array.from({ length: 8 }, () => takeOne(turns));
  await Promise.all(stuck.map(({ began }) => began));
  const next = takeOne(turns);
  await next.began;
  // what comes to an end late frees no place that was given away before
  for (const { end } of stuck) end();
  const later = Array.from({ length: 4 }, () => takeOne(turns));
  const begun = later.filter(({ hasBegun }) => hasBegun()).length;
  expect(begun).toBeGreaterThan(0);
  expect(begun).toBeLessThanOrEqual(2);
});

it("takes turns that end at once without waiting", () => {
  const turns = new Turns({ most: 1, quickMs: 60_000 });
  const order: number[] = [];
  for (const n of [1, 2, 3])
    turns.take((done) => {
      order.push(n);
      done();
    });
  expect(order).toEqual([1, 2, 3]);
});

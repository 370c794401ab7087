import { afterEach, expect, it, vi } from "vitest";
import { countHere, fullHere, refusedUntil, rememberRefusal } from "./memory.ts";

afterEach(() => vi.useRealTimers());

it("counts what is allowed until its window ends", () => {
  vi.useFakeTimers();
  const count = () => countHere("a window", 2, 60);
  expect([count(), count(), count()].map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
    [true, 1],
    [true, 0],
    [false, 0],
  ]);
  expect(fullHere("a window", 2)).not.toBeNull();
  expect(fullHere("a window", 3)).toBeNull();
  vi.advanceTimersByTime(60_000);
  expect(fullHere("a window", 2)).toBeNull();
  expect(count()).toMatchObject({ isAllowed: true, remaining: 1 });
});

it("keeps as many windows as it has room for, and lets the oldest go", () => {
  const others = 20_000;
  countHere("first", 1, 600);
  for (let i = 0; i < others; i++) countHere(`other ${i}`, 1, 600);
  expect(fullHere(`other ${others - 1}`, 1)).not.toBeNull();
  expect(fullHere("first", 1)).toBeNull();
});

it("believes a refusal for some seconds, and no longer than its window", () => {
  vi.useFakeTimers();
  rememberRefusal("long", new Date(Date.now() + 60_000));
  rememberRefusal("short", new Date(Date.now() + 1000));
  expect(refusedUntil("long")?.getTime()).toBe(Date.now() + 60_000);
  vi.advanceTimersByTime(1000);
  expect(refusedUntil("short")).toBeNull();
  expect(refusedUntil("long")).not.toBeNull();
  vi.advanceTimersByTime(4000);
  expect(refusedUntil("long")).toBeNull();
});

"use client";
import { useNow } from "next-intl";
import { useCallback, useSyncExternalStore } from "react";

/** Relative times are told in minutes; this keeps them right to a quarter of one. */
const stepMs = 15_000;

/**
 * The time now, to `stepMs`, the same for everything on the page. What appears later reads the clock as it is then, not
 * as it was when the page was loaded; only what the server drew first is hydrated with the server's time.
 */
export function useClock(step = stepMs): Date {
  const loaded = useNow();
  const subscribe = useCallback((listener: () => void) => tick(step, listener), [step]);
  const read = () => Math.floor(Date.now() / step) * step;
  return new Date(useSyncExternalStore(subscribe, read, () => loaded.getTime()));
}

/** One timer for each step, however many listen; a tab that was asleep catches up when it is looked at. */
const clocks = new Map<number, { listeners: Set<() => void>; stop: () => void }>();

function tick(step: number, listener: () => void): () => void {
  const clock = clocks.get(step) ?? startClock(step);
  clock.listeners.add(listener);
  return () => {
    clock.listeners.delete(listener);
    if (clock.listeners.size === 0) clock.stop();
  };
}

function startClock(step: number) {
  const listeners = new Set<() => void>();
  const tell = () => listeners.forEach((listener) => listener());
  const timer = setInterval(tell, step);
  document.addEventListener("visibilitychange", tell);
  const stop = () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tell);
    clocks.delete(step);
  };
  const clock = { listeners, stop };
  clocks.set(step, clock);
  return clock;
}

import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks again until the answer is neither undefined, null nor false, and returns it.
 * Throws after `withinMs`, saying what was waited for and, where the last look threw, why.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 20_000,
): Promise<Exclude<NonNullable<T>, false>> {
  const deadline = performance.now() + withinMs;
  let trouble = "";
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined && value !== null && value !== false)
        return value as Exclude<NonNullable<T>, false>;
      trouble = "";
    } catch (error) {
      trouble = ` (${(error as Error).message})`;
    }
    if (performance.now() > deadline)
      throw new Error(`Waited ${withinMs / 1000} s in vain for ${what}${trouble}`);
    await delay(25);
  }
}

import { setTimeout as wait } from "node:timers/promises";

/**
 * Runs `work` and settles `paceMs` after the start, or at the next multiple when the work took longer, so that the
 * time of an answer does not tell which path it took. Choose a pace above what the slowest path normally needs.
 * `isAtOnce` names results that say openly what they are and need not wait.
 */
export async function atPace<Result>(
  paceMs: number,
  work: () => Promise<Result>,
  isAtOnce: (result: Result) => boolean = () => false,
): Promise<Result> {
  const started = performance.now();
  const rest = () => {
    const spent = performance.now() - started;
    return wait(Math.ceil(spent / paceMs) * paceMs - spent);
  };
  try {
    const result = await work();
    if (!isAtOnce(result)) await rest();
    return result;
  } catch (error) {
    await rest();
    throw error;
  }
}

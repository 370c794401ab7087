import { AppError } from "#lib/errors/index.ts";

/** Each takes a processor and some hundred megabytes: more at once would only be slower for everybody. */
const MOST_RUNNING = 2;
/** Whoever comes later is asked to come again, rather than to wait for longer than anybody does. */
const MOST_WAITING = 40;

let running = 0;
const waiting: (() => void)[] = [];

/** Runs `work` when it is its turn; `upstream_unavailable` where too many wait already. */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= MOST_RUNNING) {
    if (waiting.length >= MOST_WAITING)
      throw new AppError("upstream_unavailable", "Too many pages are being drawn");
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    // the turn is handed on, so that nobody gets in between
    if (next) next();
    else running -= 1;
  }
}

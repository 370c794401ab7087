import { availableParallelism } from "node:os";

/**
 * How many quick messages are on their way at a time. They take a fraction of a millisecond, and as many connections as
 * processors are enough to keep the database busy; spread over more, each of its processes finds its memory cold (0.42 ms of
 * processor time for a document at ten connections, 0.31 at two).
 */
const AT_A_TIME = Math.max(2, Math.min(8, availableParallelism()));
/** Whatever takes longer than this holds nobody up: a slow statement, or a database that is far away. */
const QUICK_MS = 4;

/** A queue for quick work: first come, first served, at most so many at a time, those that turn out slow not counted. */
export class Turns {
  /** When those that count began. */
  readonly #quick = new Map<object, number>();
  readonly #waiting: (() => void)[] = [];
  readonly #most: number;
  readonly #quickMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor({ most = AT_A_TIME, quickMs = QUICK_MS } = {}) {
    this.#most = most;
    this.#quickMs = quickMs;
  }

  /** Begins when it is its turn. `work` calls `done`, once, when it has ended in whatever way. */
  take(work: (done: () => void) => void): void {
    this.#waiting.push(() => {
      const turn = {};
      this.#quick.set(turn, performance.now());
      work(() => {
        this.#quick.delete(turn);
        this.#admit();
      });
    });
    this.#admit();
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#quick.size < this.#most) this.#waiting.shift()!();
    if (this.#waiting.length > 0)
      this.#timer ??= setTimeout(() => setImmediate(() => this.#passBy()), this.#quickMs);
  }

  /** Called once what has arrived meanwhile is read: when this process is busy, answers wait too. */
  #passBy(): void {
    this.#timer = undefined;
    const since = performance.now() - this.#quickMs;
    for (const [turn, startedAt] of this.#quick) if (startedAt <= since) this.#quick.delete(turn);
    this.#admit();
  }
}

import { availableParallelism } from "node:os";

/**
 * How many groups of quick messages are on their way at a time. They take a fraction of a millisecond, and as many connections
 * as processors are enough to keep the database busy; spread over more, each of its processes finds its memory cold (0.42 ms
 * of processor time for a document at ten connections, 0.31 at two).
 */
const AT_A_TIME = Math.max(2, Math.min(8, availableParallelism()));
/** How many go together: one write, one waking of the server and one read for all of them. */
const TOGETHER = 4;
/** Whatever takes longer than this holds nobody up: a slow statement, or a database that is far away. */
const QUICK_MS = 4;

interface Options<Item> {
  /** Begins the work on items that go together, first come first. Calls `done`, once, when all of it has ended in whatever way. */
  depart: (items: Item[], done: () => void) => void;
  /** Whether an item may go in a group that begins with `first`. */
  mayJoin: (first: Item, item: Item) => boolean;
  most?: number;
  together?: number;
  quickMs?: number;
}

/**
 * A queue for quick work: first come, first served, at most so many groups at a time, those that turn out slow not
 * counted. Items go alone as long as there are free places; those that had to wait go together.
 */
export class Turns<Item> {
  /** When the groups that count began. */
  readonly #quick = new Map<object, number>();
  readonly #waiting: Item[] = [];
  readonly #options: Required<Options<Item>>;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Options<Item>) {
    this.#options = { most: AT_A_TIME, together: TOGETHER, quickMs: QUICK_MS, ...options };
  }

  take(item: Item): void {
    this.#waiting.push(item);
    this.#admit();
  }

  #admit(): void {
    const { most, quickMs, depart } = this.#options;
    while (this.#waiting.length > 0 && this.#quick.size < most) {
      const turn = {};
      const group = this.#nextGroup(most - this.#quick.size);
      this.#quick.set(turn, performance.now());
      depart(group, () => {
        this.#quick.delete(turn);
        this.#admit();
      });
    }
    if (this.#waiting.length > 0)
      this.#timer ??= setTimeout(() => setImmediate(() => this.#passBy()), quickMs);
  }

  /** The first of those that wait, and who goes with it: as many as leave something for the other free places. */
  #nextGroup(free: number): Item[] {
    const { together, mayJoin } = this.#options;
    const most = Math.min(together, Math.ceil(this.#waiting.length / free));
    const first = this.#waiting[0]!;
    let size = 1;
    while (size < most && mayJoin(first, this.#waiting[size]!)) size++;
    return this.#waiting.splice(0, size);
  }

  /** Called once what has arrived meanwhile is read: when this process is busy, answers wait too. */
  #passBy(): void {
    this.#timer = undefined;
    const since = performance.now() - this.#options.quickMs;
    for (const [turn, startedAt] of this.#quick) if (startedAt <= since) this.#quick.delete(turn);
    this.#admit();
  }
}

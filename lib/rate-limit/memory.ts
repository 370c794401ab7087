/** What an instance keeps of each window in its own memory. Bounded: beyond this many, ended ones go, then the oldest. */
const MOST_BUCKETS = 20_000;

export interface Counted {
  isAllowed: boolean;
  remaining: number;
  resetsAt: Date;
}

class Windows<Window extends { endsAt: number }> {
  readonly #windows = new Map<string, Window>();

  /** The window that runs now. */
  get(bucket: string): Window | undefined {
    const open = this.#windows.get(bucket);
    return open && open.endsAt > Date.now() ? open : undefined;
  }

  set(bucket: string, window: Window): void {
    if (this.#windows.size >= MOST_BUCKETS) this.#makeRoom();
    this.#windows.delete(bucket);
    this.#windows.set(bucket, window);
  }

  delete(bucket: string): void {
    this.#windows.delete(bucket);
  }

  #makeRoom(): void {
    const now = Date.now();
    for (const [key, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(key);
    for (const key of this.#windows.keys()) {
      if (this.#windows.size < MOST_BUCKETS) return;
      this.#windows.delete(key);
    }
  }
}

const counts = new Windows<{ count: number; endsAt: number }>();

/** Counts one call of this instance. Refused calls are not counted. */
export function countHere(bucket: string, most: number, windowSeconds: number): Counted {
  let open = counts.get(bucket);
  if (!open) counts.set(bucket, (open = { count: 0, endsAt: Date.now() + windowSeconds * 1000 }));
  const isAllowed = open.count < most;
  if (isAllowed) open.count += 1;
  return { isAllowed, remaining: most - open.count, resetsAt: new Date(open.endsAt) };
}

/** When a window that this instance counts ends, if it is full. */
export function fullHere(bucket: string, most: number): Date | null {
  const open = counts.get(bucket);
  return open && open.count >= most ? new Date(open.endsAt) : null;
}

/** How long a refusal is believed without asking again: a block that an operator lifts is gone this soon everywhere. */
const REMEMBERED_MS = 5000;
const refusals = new Windows<{ endsAt: number; resetsAt: Date }>();

/** Keeps in mind that a shared window is full, so that a flood of calls costs no question to where it is counted. */
export function rememberRefusal(bucket: string, resetsAt: Date): void {
  refusals.set(bucket, { endsAt: Math.min(resetsAt.getTime(), Date.now() + REMEMBERED_MS), resetsAt });
}
export const forgetRefusal = (bucket: string): void => refusals.delete(bucket);
/** When the shared window ends that was found full a moment ago. */
export const refusedUntil = (bucket: string): Date | null => refusals.get(bucket)?.resetsAt ?? null;

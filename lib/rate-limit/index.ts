import { system } from "#lib/authz/actor.ts";
import { Prisma, transaction } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";

interface Limit {
  /** Calls per window. */
  most: number;
  windowSeconds: number;
  /** What is counted: the person (or the address, when not signed in), or always the address. */
  per: "actor" | "address";
  /** Shared by all instances through the database; otherwise each instance counts for itself. */
  isShared: boolean;
}

/** Every route belongs to one of these. The figures leave room for people and stop scripts that guess or flood. */
export const rateClasses = {
  read: { most: 3000, windowSeconds: 60, per: "actor", isShared: false },
  write: { most: 600, windowSeconds: 60, per: "actor", isShared: false },
  poll: { most: 6000, windowSeconds: 60, per: "actor", isShared: false },
  signIn: { most: 100, windowSeconds: 300, per: "address", isShared: true },
  register: { most: 100, windowSeconds: 3600, per: "address", isShared: true },
  passwordReset: { most: 10, windowSeconds: 3600, per: "address", isShared: true },
  createCollection: { most: 120, windowSeconds: 3600, per: "actor", isShared: true },
  share: { most: 50, windowSeconds: 3600, per: "actor", isShared: true },
  upload: { most: 6000, windowSeconds: 3600, per: "actor", isShared: false },
} as const satisfies Record<string, Limit>;
export type RateClass = keyof typeof rateClasses;

export interface RateState {
  limit: number;
  remaining: number;
  resetsAt: Date;
}

/**
 * Counts one call. Throws `rate_limited` with the seconds to wait when the window is full; a refused call is not counted.
 * Counting commits on its own, so a rolled-back request is still counted.
 */
export async function countCall(
  name: RateClass | { name: string; limit: Limit },
  who: string,
): Promise<RateState | null> {
  const limit: Limit = typeof name === "string" ? rateClasses[name] : name.limit;
  const most = Math.ceil(limit.most * env.RATE_LIMIT_FACTOR);
  if (most === 0) return null;
  const bucket = `${typeof name === "string" ? name : name.name}:${who}`;
  const state = limit.isShared ? await countShared(bucket, most, limit) : countHere(bucket, most, limit);
  if (!state.isAllowed) {
    const retryAfterSeconds = Math.max(1, Math.ceil((state.resetsAt.getTime() - Date.now()) / 1000));
    throw new AppError("rate_limited", `Too many calls: ${bucket}`, { retryAfterSeconds });
  }
  return { limit: most, remaining: state.remaining, resetsAt: state.resetsAt };
}

type Counted = { isAllowed: boolean; remaining: number; resetsAt: Date };

async function countShared(bucket: string, most: number, { windowSeconds }: Limit): Promise<Counted> {
  const rows = await transaction(system, (tx) =>
    tx.$queryRaw<Counted[]>(
      Prisma.sql`SELECT is_allowed AS "isAllowed", remaining, resets_at AS "resetsAt" FROM app.count_call(${bucket}, ${most}::int, ${windowSeconds}::int)`,
    ),
  );
  return rows[0]!;
}

const windows = new Map<string, { count: number; endsAt: number }>();
/** Above this many buckets the ended ones are dropped before a new one is opened. */
const MAX_BUCKETS = 20_000;

function countHere(bucket: string, most: number, { windowSeconds }: Limit): Counted {
  const now = Date.now();
  let open = windows.get(bucket);
  if (!open || open.endsAt <= now) {
    if (windows.size >= MAX_BUCKETS)
      for (const [key, { endsAt }] of windows) if (endsAt <= now) windows.delete(key);
    open = { count: 0, endsAt: now + windowSeconds * 1000 };
    windows.set(bucket, open);
  }
  const isAllowed = open.count < most;
  if (isAllowed) open.count += 1;
  return { isAllowed, remaining: most - open.count, resetsAt: new Date(open.endsAt) };
}

import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Limit, type RateClass, rateClasses } from "./classes.ts";
import { type Counted, countHere, forgetRefusal, fullHere, refusedUntil, rememberRefusal } from "./memory.ts";
import { countShared, returnShared } from "./shared.ts";

export { type RateClass, rateClasses } from "./classes.ts";
export { tally } from "./tallies.ts";

interface NamedLimit {
  name: string;
  limit: Limit;
}

export interface RateState {
  name: string;
  limit: number;
  windowSeconds: number;
  remaining: number;
  resetsAt: Date;
}

/** A refusal with the state of the window that is full; `rate` is null where its figures are not told. */
export class TooManyCalls extends AppError {
  readonly rate: RateState | null;

  constructor(bucket: string, resetsAt: Date, rate: RateState | null) {
    super("rate_limited", `Too many calls: ${bucket}`, {
      retryAfterSeconds: Math.max(1, Math.ceil((resetsAt.getTime() - Date.now()) / 1000)),
    });
    this.rate = rate;
  }
}

const limitOf = (name: RateClass): Limit => ({ ...rateClasses[name], ...env.RATE_LIMITS[name] });
const mostOf = ({ most }: Limit): number => Math.ceil(most * env.RATE_LIMIT_FACTOR);

/** The networks that a block of addresses lies in hold this many times what one block may. */
const WIDER = 10;
/** The IPv6 /48 that holds the /64 at the end of what is counted: whoever has the one often has the other, too. */
const widerThan = (who: string): string | null =>
  /^(.*[0-9a-f]+:[0-9a-f]+:[0-9a-f]+):[0-9a-f]+::\/64$/.exec(who)?.[1]?.concat("::/48") ?? null;

/**
 * Counts one call. Throws `rate_limited` with the seconds to wait when the window is full; a refused call is not counted.
 * Counting commits on its own, so a rolled-back request is still counted. Of an IPv6 /64, its /48 is counted as well.
 */
export async function countCall(call: RateClass | NamedLimit, who: string): Promise<RateState | null> {
  const [name, limit] = typeof call === "string" ? [call, limitOf(call)] : [call.name, call.limit];
  const most = mostOf(limit);
  if (most === 0) return null;
  const stateOf = ({ remaining, resetsAt }: Counted): RateState => ({
    ...{ name, limit: most, windowSeconds: limit.windowSeconds, remaining, resetsAt },
  });
  const count = async (bucket: string, most: number): Promise<Counted> => {
    const counted = await countOne(bucket, most, limit);
    if (counted.isAllowed) return counted;
    throw new TooManyCalls(bucket, counted.resetsAt, typeof call === "string" ? stateOf(counted) : null);
  };
  const state = stateOf(await count(`${name}:${who}`, most));
  const wider = widerThan(who);
  if (wider) await count(`${name}:${wider}`, most * WIDER);
  return state;
}

async function countOne(bucket: string, most: number, { isShared, windowSeconds }: Limit): Promise<Counted> {
  if (!isShared) return countHere(bucket, most, windowSeconds);
  const resetsAt = refusedUntil(bucket);
  if (resetsAt) return { isAllowed: false, remaining: 0, resetsAt };
  const counted = await countShared(bucket, most, windowSeconds);
  if (!counted.isAllowed) rememberRefusal(bucket, counted.resetsAt);
  return counted;
}

/** Gives back a counted call of the running window that all instances share: it turned out to be none that should count. */
export async function returnCall({ name, limit }: NamedLimit, who: string): Promise<void> {
  for (const counted of [who, widerThan(who)]) {
    if (counted === null) continue;
    forgetRefusal(`${name}:${counted}`);
    await returnShared(`${name}:${counted}`, limit.windowSeconds);
  }
}

/** Throws `rate_limited` when a window that each instance counts for itself is full. Counts nothing. */
export function demandRoom({ name, limit }: NamedLimit, who: string): void {
  const most = mostOf(limit);
  if (most === 0) return;
  for (const [counted, times] of [
    [who, 1],
    [widerThan(who), WIDER],
  ] as const) {
    const resetsAt = counted && fullHere(`${name}:${counted}`, most * times);
    if (resetsAt) throw new TooManyCalls(`${name}:${counted}`, resetsAt, null);
  }
}

/**
 * What a response says of the window it was counted in: the fields of the IETF's draft (a policy and its state, as
 * structured fields), and the three that older clients read.
 * Source: draft-ietf-httpapi-ratelimit-headers-11.
 */
export function rateHeaders({
  name,
  limit,
  windowSeconds,
  remaining,
  resetsAt,
}: RateState): [name: string, value: string][] {
  const seconds = Math.max(0, Math.ceil((resetsAt.getTime() - Date.now()) / 1000));
  return [
    ["ratelimit-policy", `"${name}";q=${limit};w=${windowSeconds}`],
    ["ratelimit", `"${name}";r=${remaining};t=${seconds}`],
    ["ratelimit-limit", String(limit)],
    ["ratelimit-remaining", String(remaining)],
    ["ratelimit-reset", String(seconds)],
  ];
}

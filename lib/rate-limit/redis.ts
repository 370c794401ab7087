import { Redis } from "ioredis";
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { env } from "#lib/env/index.ts";
import { log } from "#lib/log/index.ts";
import { type Counted } from "./memory.ts";

/** Longer than this nobody waits for a count: the database does it then. */
const TIMEOUT_MS = 500;

const client = new Redis(env.REDIS_URL ?? "", {
  commandTimeout: TIMEOUT_MS,
  connectTimeout: TIMEOUT_MS,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  lazyConnect: true,
});
client.on("error", (error: unknown) => log().debug({ err: error }, "Redis connection"));
// calls that come meanwhile are counted elsewhere
const connected = client.connect().catch(() => undefined);

const limiters = new Map<string, RateLimiterRedis>();

function limiterOf(most: number, windowSeconds: number): RateLimiterRedis {
  const key = `${most}/${windowSeconds}`;
  let limiter = limiters.get(key);
  if (!limiter)
    limiters.set(
      key,
      (limiter = new RateLimiterRedis({
        ...{ storeClient: client, rejectIfRedisNotReady: true, keyPrefix: "sheaf:rate" },
        ...{ points: most, duration: windowSeconds },
      })),
    );
  return limiter;
}

/** Counts one call, in a window that begins with its first. Throws when Redis does not answer. */
export async function count(bucket: string, most: number, windowSeconds: number): Promise<Counted> {
  await connected;
  const found = await limiterOf(most, windowSeconds)
    .consume(bucket)
    .catch((refusal: unknown) => {
      if (refusal instanceof RateLimiterRes) return refusal;
      throw refusal;
    });
  return {
    isAllowed: found.consumedPoints <= most,
    remaining: found.remainingPoints,
    resetsAt: new Date(Date.now() + found.msBeforeNext),
  };
}

/** Takes one call back out of the window that runs now. */
export async function giveBack(bucket: string, windowSeconds: number): Promise<true> {
  await connected;
  // how many it holds does not matter here
  await limiterOf(1, windowSeconds).reward(bucket);
  return true;
}

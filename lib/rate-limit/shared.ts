import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { only, Prisma, write } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { log } from "#lib/log/index.ts";
import { type Counted } from "./memory.ts";

const countedRow = z.object({ isAllowed: z.boolean(), remaining: z.number(), resetsAt: z.date() });

/** Counts one call for all instances: in Redis where one is configured and answers, else in the database. */
export async function countShared(bucket: string, most: number, windowSeconds: number): Promise<Counted> {
  const counted = await inRedis((redis) => redis.count(bucket, most, windowSeconds));
  if (counted) return counted;
  const query = Prisma.sql`SELECT is_allowed AS "isAllowed", remaining, resets_at AS "resetsAt" FROM app.count_call(${bucket}, ${most}::int, ${windowSeconds}::int)`;
  return only(await write(system, countedRow, query));
}

/** Takes one call back out of the window that runs now. */
export async function returnShared(bucket: string, windowSeconds: number): Promise<void> {
  if (await inRedis((redis) => redis.giveBack(bucket, windowSeconds))) return;
  await write(system, z.object({}), Prisma.sql`SELECT app.return_call(${bucket}, ${windowSeconds}::int)`);
}

/** Null where there is no Redis, or none that answers: limits hold without it, too. */
async function inRedis<Result>(
  work: (redis: typeof import("./redis.ts")) => Promise<Result>,
): Promise<Result | null> {
  if (!env.REDIS_URL) return null;
  try {
    return await work(await import("./redis.ts"));
  } catch (error) {
    log().warn({ err: error }, "Redis does not answer: the database counts calls");
    return null;
  }
}

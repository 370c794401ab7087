import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { Prisma, write } from "#lib/db/index.ts";
import { log } from "#lib/log/index.ts";

const FLUSH_MS = 30_000;
/** More callers than this between two writes are counted together. */
const MOST_TALLIES = 5000;
const OTHERS = "others";

interface Tally {
  route: string;
  caller: string;
  calls: number;
  refused: number;
}

let tallies = new Map<string, Tally>();
let timer: NodeJS.Timeout | undefined;

/**
 * Notes for operators that somebody (a person's id or a network) called a route, and whether they were refused for calling
 * too often. Kept in memory and written every half minute: what an instance noted last is lost when it is killed.
 */
export function tally(route: string, caller: string, isRefused: boolean): void {
  const counted = tallies.has(`${route} ${caller}`) || tallies.size < MOST_TALLIES ? caller : OTHERS;
  const key = `${route} ${counted}`;
  let found = tallies.get(key);
  if (!found) tallies.set(key, (found = { route, caller: counted, calls: 0, refused: 0 }));
  found.calls += 1;
  if (isRefused) found.refused += 1;
  timer ??= setInterval(() => void flush(), FLUSH_MS).unref();
}

async function flush(): Promise<void> {
  try {
    await writeTallies();
  } catch (error) {
    log().warn({ err: error }, "tallies of calls are not written");
  }
}

/** Writes what was noted since the last time, by the hour. */
export async function writeTallies(): Promise<void> {
  const written = [...tallies.values()];
  if (written.length === 0) return;
  tallies = new Map();
  await write(
    system,
    z.object({}),
    Prisma.sql`SELECT app.add_rate_tallies(${written.map(({ route }) => route)}::text[], ${written.map(({ caller }) => caller)}::text[],
      ${written.map(({ calls }) => calls)}::int[], ${written.map(({ refused }) => refused)}::int[])`,
  );
}

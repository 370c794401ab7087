import type pg from "pg";
import type { UserActor } from "#lib/authz/actor.ts";
import { beginAs } from "#lib/db/context.ts";
import { median, middleMean, percentile } from "../statistics.ts";

/** Microseconds of one execution, over all turns; `turns` has the figures of each. */
export interface Timing {
  p10Us: number;
  p50Us: number;
  p95Us: number;
  samples: number;
  turns: { middleUs: number; p95Us: number }[];
}

/** `turns`: the microseconds of each execution, turn by turn. */
export function timingOf(turns: number[][]): Timing {
  const samples = turns.flat();
  return {
    p10Us: percentile(samples, 0.1),
    p50Us: median(samples),
    p95Us: percentile(samples, 0.95),
    samples: samples.length,
    turns: turns.map((taken) => ({ middleUs: middleMean(taken), p95Us: percentile(taken, 0.95) })),
  };
}

/**
 * How many times as long `a` takes as `b`: the median of the ratios within each turn. A machine that is slow for a while
 * slows both sides of a turn, whereas percentiles over all turns would compare its slow moments with its fast ones. The
 * server's clock ticks in microseconds, so a turn counts by the mean of its middle half instead of its median.
 */
export const timesAsLong = (a: Timing, b: Timing, part: "middleUs" | "p95Us" = "middleUs"): number =>
  median(a.turns.map((turn, i) => turn[part] / b.turns[i]![part]));

/** The role that policies filter, and the one that they do not. */
export type Role = "sheaf_app" | "sheaf_owner";

/** A statement that the server repeats and times itself. */
export interface Loop {
  /** Executes the statement for each argument, `rounds` times. Microseconds each. */
  run(args: string[], rounds: number): Promise<number[]>;
}

let made = 0;

/**
 * Lets the server time a statement in a loop: executed from its cached plan like a named statement, with all rows
 * fetched, but without connection and output. `$1` is a uuid, `$2` the actor's. It runs as the role of `client`, or as
 * `role` where `client` can change to it. `owner` creates the function.
 */
export async function makeLoop(
  owner: pg.Client,
  client: pg.Client,
  text: string,
  actor: UserActor,
  role?: Role,
): Promise<Loop> {
  const name = `bench.loop_${++made}`;
  await owner.query(`
    CREATE SCHEMA IF NOT EXISTS bench;
    GRANT USAGE ON SCHEMA bench TO sheaf_app;
    CREATE FUNCTION ${name}(args uuid[], rounds int, person uuid) RETURNS float8[] LANGUAGE plpgsql AS $loop$
    DECLARE a uuid; started timestamptz; taken float8[] := '{}';
    BEGIN
      FOR i IN 1..rounds LOOP
        FOREACH a IN ARRAY args LOOP
          started := clock_timestamp();
          PERFORM * FROM (${text.replaceAll("$1", "a").replaceAll("$2", "person")}) q;
          taken := taken || extract(epoch FROM clock_timestamp() - started)::float8 * 1e6;
        END LOOP;
      END LOOP;
      RETURN taken;
    END $loop$`);
  return {
    async run(args, rounds) {
      await client.query(beginAs(actor));
      if (role) await client.query(`SET LOCAL ROLE ${role}`);
      const { rows } = await client.query<{ taken: number[] }>({
        name,
        text: `SELECT ${name}($1, $2, $3) AS taken`,
        values: [args, rounds, actor.id],
      });
      await client.query("COMMIT");
      return rows[0]!.taken;
    },
  };
}

/** The length of a turn. Short, so that both sides of a turn meet the machine in the same state. */
const TURN_US = 10_000;
const MOST_PER_TURN = 400;
const TURNS_PER_ROUND = 6;

/** Times loops alternately, so that other load hits them alike. The order is reversed in every other turn. */
export async function timeInTurns<Name extends string>(
  loops: Record<Name, { loop: Loop; args: string[] }>,
  rounds: number,
): Promise<Record<Name, Timing>> {
  const names = Object.keys(loops) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[][]])) as Record<Name, number[][]>;
  const repeats = {} as Record<Name, number>;
  let isLong = false;
  for (const name of names) {
    const { loop, args } = loops[name];
    // PostgreSQL settles on a plan after five executions; caches are warm then, too
    await loop.run(args, Math.ceil(8 / args.length));
    const once = median(await loop.run(args, 1)) * args.length;
    isLong ||= once > TURN_US * TURNS_PER_ROUND;
    repeats[name] = Math.max(
      1,
      Math.min(Math.floor(MOST_PER_TURN / args.length), Math.floor(TURN_US / once)),
    );
  }
  for (let turn = 0; turn < rounds * (isLong ? 1 : TURNS_PER_ROUND); turn++)
    for (const name of turn % 2 ? names : names.toReversed())
      taken[name].push(await loops[name].loop.run(loops[name].args, repeats[name]));
  return Object.fromEntries(names.map((name) => [name, timingOf(taken[name])])) as Record<Name, Timing>;
}

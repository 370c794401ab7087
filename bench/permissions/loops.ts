import type pg from "pg";
import type { UserActor } from "#lib/authz/actor.ts";
import { beginAs } from "#lib/db/context.ts";
import { median, middleMean, percentile } from "../statistics.ts";

/** Microseconds of one execution, over all turns; `turns` has what each of them found. */
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
 * How many times as long `a` takes as `b`, measured in turns: the median of the ratios within each turn. A machine that is
 * slower for a while is so for both sides of a turn, while percentiles over all turns would compare its slow moments with
 * its fast ones. The server's clock ticks in microseconds, so a turn is the mean of its middle half, not its middle value.
 */
export const timesAsLong = (a: Timing, b: Timing, part: "middleUs" | "p95Us" = "middleUs"): number =>
  median(a.turns.map((turn, i) => turn[part] / b.turns[i]![part]));

/** Whom policies filter, and whom they do not. */
export type Role = "sheaf_app" | "sheaf_owner";

/** A statement that the server repeats and times by itself. */
export interface Loop {
  /** Executes for each argument in turn, `rounds` times over; microseconds each. */
  run(args: string[], rounds: number): Promise<number[]>;
}

let made = 0;

/**
 * Has the server time a statement in a loop of its own: executed from its cached plan as a named statement is, with all
 * rows fetched, but without a client, its connection and the text of answers. `$1` stands for a uuid, `$2` for the
 * actor's. It runs as the role of `client`, or as `role` where that may change it; `owner` makes the function.
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

/** How long a loop is repeated in each of its turns: short, so that both sides of a turn meet the same machine. */
const TURN_US = 10_000;
const MOST_PER_TURN = 400;
const TURNS_PER_ROUND = 6;

/** Times loops in turns, so that what else the machine does hits them alike; the first of a turn is the last of the next. */
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
    // plans last after five executions; the caches are warm then too
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

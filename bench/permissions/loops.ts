import type pg from "pg";
import type { UserActor } from "#lib/authz/actor.ts";
import { beginAs } from "#lib/db/context.ts";
import { median, percentile } from "../statistics.ts";

/** Microseconds of one execution. */
export interface Timing {
  /** The fastest tenth takes at most this: nearly undisturbed, because whatever else a machine does only adds. */
  p10Us: number;
  p50Us: number;
  p95Us: number;
  samples: number;
}

export const timingOf = (samples: number[]): Timing => ({
  p10Us: percentile(samples, 0.1),
  p50Us: median(samples),
  p95Us: percentile(samples, 0.95),
  samples: samples.length,
});

/** A statement that the server repeats and times by itself. */
export interface Loop {
  /** Executes for each argument in turn, `rounds` times over; microseconds each. */
  run(args: string[], rounds: number): Promise<number[]>;
}

let made = 0;

/**
 * Has the server time a statement in a loop of its own: executed from its cached plan as a named statement is, with all
 * rows fetched, but without a client, its connection and the text of answers. `$1` stands for a uuid. It runs as the
 * role of `client`; `owner` makes the function.
 */
export async function makeLoop(
  owner: pg.Client,
  client: pg.Client,
  text: string,
  actor: UserActor,
): Promise<Loop> {
  const name = `bench.loop_${++made}`;
  await owner.query(`
    CREATE SCHEMA IF NOT EXISTS bench;
    GRANT USAGE ON SCHEMA bench TO sheaf_app;
    CREATE FUNCTION ${name}(args uuid[], rounds int) RETURNS float8[] LANGUAGE plpgsql AS $loop$
    DECLARE a uuid; started timestamptz; taken float8[] := '{}';
    BEGIN
      FOR i IN 1..rounds LOOP
        FOREACH a IN ARRAY args LOOP
          started := clock_timestamp();
          PERFORM * FROM (${text.replaceAll("$1", "a")}) q;
          taken := taken || extract(epoch FROM clock_timestamp() - started)::float8 * 1e6;
        END LOOP;
      END LOOP;
      RETURN taken;
    END $loop$`);
  return {
    async run(args, rounds) {
      await client.query(beginAs(actor));
      const { rows } = await client.query<{ taken: number[] }>({
        name,
        text: `SELECT ${name}($1, $2) AS taken`,
        values: [args, rounds],
      });
      await client.query("COMMIT");
      return rows[0]!.taken;
    },
  };
}

/** How long a loop is repeated in each of its turns. */
const TURN_US = 60_000;
const MOST_PER_TURN = 400;

/** Times loops in turns, `rounds` times over, so that what else the machine does hits them alike. */
export async function timeInTurns<Name extends string>(
  loops: Record<Name, { loop: Loop; args: string[] }>,
  rounds: number,
): Promise<Record<Name, Timing>> {
  const names = Object.keys(loops) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  const repeats = {} as Record<Name, number>;
  for (const name of names) {
    const { loop, args } = loops[name];
    // plans last after five executions; the caches are warm then too
    await loop.run(args, Math.ceil(8 / args.length));
    const once = median(await loop.run(args, 1)) * args.length;
    repeats[name] = Math.max(
      1,
      Math.min(Math.floor(MOST_PER_TURN / args.length), Math.floor(TURN_US / once)),
    );
  }
  for (let round = 0; round < rounds; round++)
    for (const name of names)
      for (const taken of await loops[name].loop.run(loops[name].args, repeats[name]))
        samples[name].push(taken);
  return Object.fromEntries(names.map((name) => [name, timingOf(samples[name])])) as Record<Name, Timing>;
}

import { type Database, isTransient, type Queryable } from "./database.ts";
import type { JobEvent } from "./event.ts";
import { holds } from "./expressions.ts";
import type { JobLog } from "./options.ts";
import type { Registry } from "./registry.ts";
import { endRun, lockRun, type RunStart, startRuns, storeResult } from "./runs.ts";

const BATCH = 200;

interface Wait {
  run: string;
  id: string;
  waits_for: string;
  condition: string | null;
  event: JobEvent;
}

/**
 * Turns stored events into runs, cancellations and results of waiting steps, in the order they were stored.
 * One server at a time: an event that cancels must not overtake the one that starts.
 * An event that can't be handled is set aside, so that it does not hold up the others.
 * @returns whether more may be waiting
 */
export async function fanOut(
  database: Database,
  registry: Registry,
  log: JobLog,
): Promise<{ full: boolean }> {
  try {
    return { full: (await handle(database, registry, BATCH)) === BATCH };
  } catch (error) {
    if (isTransient(error)) throw error;
    await handle(database, registry, 1).catch(async (cause: unknown) => {
      if (isTransient(cause)) throw cause;
      log.error({ err: cause }, "An event could not be handled and was set aside.");
      await database.pool.query(
        "update jobs.event set handled_at = clock_timestamp() where seq = (select min(seq) from jobs.event where handled_at is null)",
      );
    });
    return { full: true };
  }
}

/** Handles up to `limit` events and returns how many. */
async function handle(database: Database, registry: Registry, limit: number): Promise<number> {
  return database.transaction(async (db) => {
    const { rows: locks } = await db.query<{ mine: boolean }>(
      "select pg_try_advisory_xact_lock(hashtext('sheaf jobs fan-out')) as mine",
    );
    if (!locks[0]?.mine) return 0;
    const { rows } = await db.query<{ seq: string; event: JobEvent }>(
      "select seq, event from jobs.event where handled_at is null order by seq limit $1",
      [limit],
    );
    if (rows.length === 0) return 0;
    const events = rows.map(({ event }) => event);
    await apply(db, registry, events);
    await db.query("update jobs.event set handled_at = clock_timestamp() where seq = any ($1::bigint[])", [
      rows.map(({ seq }) => seq),
    ]);
    return rows.length;
  });
}

async function apply(db: Queryable, registry: Registry, events: readonly JobEvent[]): Promise<void> {
  const waits = await findWaits(db, events);
  let starts: RunStart[] = [];
  for (const event of events) {
    const cancels = registry.cancelledBy(event.name);
    if (cancels.length > 0) {
      await startRuns(db, starts); // a run must exist before an event can cancel it
      starts = [];
    }
    for (const { fn, condition } of cancels) await cancelRuns(db, registry, fn.id, condition, event);
    for (const wait of waits.filter((wait) => wait.waits_for === event.name)) {
      if (!holds(wait.condition, { event: wait.event, async: event })) continue;
      if (await lockRun(db, wait.run)) await storeResult(db, wait.run, wait.id, { data: event });
    }
    starts.push(...registry.startedBy(event).map((fn) => ({ fn, event })));
  }
  await startRuns(db, starts);
}

async function findWaits(db: Queryable, events: readonly JobEvent[]): Promise<Wait[]> {
  const { rows } = await db.query<Wait>(
    `select s.run, s.id, s.waits_for, s.condition, r.event from jobs.step s join jobs.run r on r.id = s.run
     where s.waits_for = any ($1) and s.result is null order by s.run`,
    [[...new Set(events.map((event) => event.name))]],
  );
  return rows;
}

async function cancelRuns(
  db: Queryable,
  registry: Registry,
  fn: string,
  condition: string | undefined,
  async: JobEvent,
) {
  const { rows } = await db.query<{ id: string; event: JobEvent }>(
    "select id, event from jobs.run where fn = $1 and status = 'running' order by id",
    [fn],
  );
  for (const run of rows) {
    if (holds(condition, { event: run.event, async })) await endRun(db, registry, run.id, "cancelled", null);
  }
}

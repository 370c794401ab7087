import type { Queryable } from "./database.ts";
import type { JobEvent } from "./event.ts";
import type { FunctionConfig } from "./config.ts";
import type { StepResult } from "./protocol.ts";
import { dedupeOf, type Registry, slotOf } from "./registry.ts";

/*
 * The life of a run. Locking: to change more than one row of a run, lock the run's row first. Everyone else takes step
 * rows with SKIP LOCKED. A child locks its parent, never the other way round.
 */

/** The SDK's name for running a function from its start. */
export const TOP = "step";

export interface RunStart {
  fn: FunctionConfig;
  event: JobEvent;
  /** Replaces the key that follows from the function's idempotency setting or the event's id. */
  dedupe?: string;
  parent?: { run: string; step: string };
}

/** Starts runs in this order. Skips those that were started before (same dedupe key). */
export async function startRuns(db: Queryable, starts: readonly RunStart[]): Promise<void> {
  if (starts.length === 0) return;
  const rows = starts.map(({ fn, event, dedupe, parent }) => {
    const key = dedupe === undefined ? dedupeOf(fn, event) : { dedupe: `${fn.id}/${dedupe}`, expires: false };
    return { ...key, fn: fn.id, event: JSON.stringify(event), slot: slotOf(fn, event), parent };
  });
  const expiring = rows.filter((row) => row.expires).map((row) => row.dedupe);
  if (expiring.length > 0) {
    // like Inngest's, an idempotency key holds for 24 hours
    await db.query(
      "update jobs.run set dedupe = dedupe || ' before ' || id where dedupe = any ($1) and created_at < now() - interval '24 hours'",
      [expiring],
    );
  }
  await db.query(
    `with input as (
       select * from unnest($1::text[], $2::json[], $3::text[], $4::text[], $5::uuid[], $6::text[])
         with ordinality as i(fn, event, dedupe, slot, parent_run, parent_step, n)),
     run as (
       insert into jobs.run (fn, event, dedupe, slot, parent_run, parent_step)
       select fn, event, dedupe, slot, parent_run, parent_step from input order by n
       on conflict (dedupe) do nothing returning id, fn, slot)
     insert into jobs.step (run, id, fn, slot, op, due_at)
     select id, $7, fn, slot, 'Discover', clock_timestamp() from run`,
    [
      rows.map((row) => row.fn),
      rows.map((row) => row.event),
      rows.map((row) => row.dedupe),
      rows.map((row) => row.slot),
      rows.map((row) => row.parent?.run ?? null),
      rows.map((row) => row.parent?.step ?? null),
      TOP,
    ],
  );
}

/** Locks a run for changes of its steps. False: it has ended. */
export async function lockRun(db: Queryable, run: string): Promise<boolean> {
  const { rowCount } = await db.query(
    "select from jobs.run where id = $1 and status = 'running' for update",
    [run],
  );
  return rowCount === 1;
}

/** Ends a run unless it has ended. Tells the step that invoked it and, if it failed, functions that listen for failures. */
export async function endRun(
  db: Queryable,
  registry: Registry,
  id: string,
  status: "completed" | "failed" | "cancelled",
  output: unknown,
): Promise<void> {
  const { rows } = await db.query<{
    fn: string;
    event: JobEvent;
    parent_run: string | null;
    parent_step: string | null;
  }>(
    `update jobs.run set status = $2, output = $3, ended_at = clock_timestamp() where id = $1 and status = 'running'
     returning fn, event, parent_run, parent_step`,
    [id, status, JSON.stringify(output ?? null)],
  );
  const [run] = rows;
  if (!run) return;
  await db.query("delete from jobs.step where run = $1", [id]);
  if (run.parent_run && run.parent_step) {
    const error = output ?? { name: "Error", message: `The invoked run was ${status}.` };
    const result = status === "completed" ? { data: output ?? null } : { error };
    if (await lockRun(db, run.parent_run)) await storeResult(db, run.parent_run, run.parent_step, result);
  }
  if (status === "failed" && registry.listensTo("inngest/function.failed")) {
    const data = { function_id: run.fn, run_id: id, error: output, event: run.event };
    await storeEvents(db, [{ id: `failed/${id}`, name: "inngest/function.failed", data, ts: Date.now() }]);
  }
}

/** Stores a step's result once and lets its function go on. The caller has locked the run. */
export async function storeResult(db: Queryable, run: string, id: string, result: StepResult): Promise<void> {
  const { rowCount } = await db.query(
    `insert into jobs.step (run, id, fn, slot, op, result, done_no)
     select id, $2, fn, slot, 'Done', $3, nextval('jobs.done_no') from jobs.run where id = $1
     on conflict (run, id) do update set result = excluded.result, done_no = excluded.done_no, due_at = null, running = false
     where step.result is null`,
    [run, id, JSON.stringify(result)],
  );
  if (rowCount !== 1) return;
  // while the function runs from its start, due_at holds its lease
  await db.query(
    `update jobs.step set again = running, attempt = case when running then attempt else 0 end,
       due_at = case when running then due_at else clock_timestamp() end
     where run = $1 and id = $2`,
    [run, TOP],
  );
}

/** Stores events in this order, for runs to be started. Skips those stored before (same id). */
export async function storeEvents(db: Queryable, events: readonly JobEvent[]): Promise<void> {
  await db.query(
    `insert into jobs.event (id, name, event)
     select id, name, event from unnest($1::text[], $2::text[], $3::json[]) with ordinality as i(id, name, event, n)
     order by n on conflict (id) do nothing`,
    [
      events.map((event) => event.id),
      events.map((event) => event.name),
      events.map((event) => JSON.stringify(event)),
    ],
  );
}

import type pg from "pg";

/**
 * State of the embedded job server in its own schema `jobs`, which the application never reads.
 * Payloads are `json`, not `jsonb`: they are passed on unchanged, and `jsonb` refuses U+0000, which texts of documents
 * contain.
 */
const VERSION_1 = `
create table jobs.event (
  seq          bigint generated always as identity primary key,
  id           text not null unique,
  name         text not null,
  event        json not null,
  received_at  timestamptz not null default clock_timestamp(),
  handled_at   timestamptz                  -- null until its runs exist
);
create index event_waiting on jobs.event (seq) where handled_at is null;
create index event_handled on jobs.event (handled_at) where handled_at is not null;

create table jobs.run (
  id           uuid primary key default gen_random_uuid(),
  fn           text not null,
  event        json not null,
  dedupe       text not null unique,        -- what makes a second start of the same work a no-op
  slot         text not null collate "C",   -- runs of one function and slot share its concurrency limit
  parent_run   uuid,                        -- the step that invoked this run and waits for it
  parent_step  text,
  status       text not null default 'running' check (status in ('running', 'completed', 'failed', 'cancelled')),
  output       json,
  created_at   timestamptz not null default clock_timestamp(),
  ended_at     timestamptz
);
create index run_running on jobs.run (fn) where status = 'running';
create index run_ended on jobs.run (ended_at) where ended_at is not null;

-- Only steps of running runs: rows go when their run ends, so that claiming stays fast whatever has finished.
create table jobs.step (
  run          uuid not null references jobs.run on delete cascade,
  id           text not null,               -- the SDK's hashed step id, or 'step': run the function from its top
  fn           text not null collate "C",
  slot         text not null collate "C",
  op           text not null,
  timer        boolean not null default false, -- due without a call to the application
  waits_for    text,                        -- event name
  condition    text,
  attempt      int not null default 0,
  due_at       timestamptz,                 -- when to act; while running: when the lease ends; null: nothing to do
  running      boolean not null default false,
  again        boolean not null default false, -- a result arrived while running: run once more
  token        bigint not null default 0,   -- fencing: counts claims, only the latest may write
  lost         int not null default 0,      -- claims in a row whose holder vanished
  result       json,                        -- {data} or {error}, handed to every later call
  done_no      bigint,                      -- order of completion
  primary key (run, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
-- No index over due_at of calls alone: the planner would take it for claiming and read past all that wait in full slots.
create index step_call on jobs.step (fn, slot, due_at) where due_at is not null and not timer;
create index step_timer on jobs.step (due_at) where due_at is not null and timer;
create index step_running on jobs.step (fn, slot) where running;
create index step_waiting on jobs.step (waits_for) where waits_for is not null and result is null;
create sequence jobs.done_no;

create table jobs.schedule (
  fn           text not null,
  cron         text not null,
  last_slot    timestamptz not null,        -- the latest moment of the schedule that was started or skipped
  primary key (fn, cron)
);

-- Claims up to "wanted" due calls, oldest first, within the concurrency limit of each slot.
-- The lock makes counting and claiming one act, whoever else claims; it has to be taken before the query's
-- snapshot, hence a function.
create function jobs.claim(fns text[], limits int[], wanted int, lease interval, may_take_over boolean)
returns table (run uuid, id text, fn text, attempt int, token bigint, lost int)
language plpgsql set jit = off as $$
#variable_conflict use_column
declare
  moment timestamptz;
begin
  perform pg_advisory_xact_lock(hashtext('sheaf jobs claim'));
  moment := clock_timestamp();
  return query
  with recursive known as (
    select k.fn collate "C" as fn, k.places from unnest(fns, limits) as k(fn, places)
  ),
  -- every slot with pending calls, by skipping through the index: a slot with 10,000 of them costs one probe
  queue as (
    select k.fn, k.places, first.slot from known k cross join lateral (
      select s.slot from jobs.step s
      where s.fn = k.fn and s.due_at is not null and not s.timer order by s.slot limit 1) first
    union all
    select q.fn, q.places, next.slot from queue q cross join lateral (
      select s.slot from jobs.step s
      where s.fn = q.fn and s.slot > q.slot and s.due_at is not null and not s.timer order by s.slot limit 1) next
  ),
  free as (
    select q.fn, q.slot, least(wanted, q.places - (
      select count(*)::int from jobs.step s where s.fn = q.fn and s.slot = q.slot and s.running and s.due_at > moment)) as places
    from queue q
  ),
  picked as (
    select due.run, due.id from free f cross join lateral (
      select s.run, s.id, s.due_at from jobs.step s
      where s.fn = f.fn and s.slot = f.slot and not s.timer and s.due_at <= moment and (may_take_over or not s.running)
      order by s.due_at limit greatest(f.places, 0)) due
    order by due.due_at limit wanted
  ),
  held as (
    select s.run, s.id from jobs.step s join picked p on p.run = s.run and p.id = s.id
    where s.due_at <= moment for update of s skip locked
  )
  update jobs.step s set running = true, due_at = clock_timestamp() + lease, token = s.token + 1, again = false,
    lost = s.lost + s.running::int
  from held h where s.run = h.run and s.id = h.id
  returning s.run, s.id, s.fn, s.attempt, s.token, s.lost;
end $$;
`;

const VERSIONS = [VERSION_1];

/** Creates or upgrades the schema `jobs`. Safe to call from several processes at once. */
export async function ensureSchema(client: pg.PoolClient): Promise<void> {
  await client.query("begin");
  try {
    await client.query("select pg_advisory_xact_lock(hashtext('sheaf jobs schema'))");
    await client.query("create schema if not exists jobs");
    await client.query("revoke all on schema jobs from public");
    await client.query("create table if not exists jobs.version (version int not null)");
    const { rows } = await client.query<{ version: number }>("select version from jobs.version");
    const current = rows[0]?.version ?? 0;
    if (current > VERSIONS.length) {
      throw new Error(
        `The job tables in this database are of version ${current}; this release knows ${VERSIONS.length}. Start the newer release again.`,
      );
    }
    for (const statements of VERSIONS.slice(current)) await client.query(statements);
    await client.query("delete from jobs.version");
    await client.query("insert into jobs.version values ($1)", [VERSIONS.length]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

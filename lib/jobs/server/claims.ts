import type { Queryable } from "./database.ts";
import type { JobEvent } from "./event.ts";
import type { StepResult } from "./protocol.ts";
import type { Registry } from "./registry.ts";

/** A call that this process may make. Only the holder of the latest token may write the outcome. */
export interface Claim {
  run: string;
  id: string;
  fn: string;
  attempt: number;
  /** A bigint as text; it is only compared. */
  token: string;
  /** How many earlier claims of this call ended without an outcome. */
  lost: number;
}

/**
 * Claims due calls within the concurrency limits, in one statement.
 * @param mayTakeOver whether claims of others whose lease has expired may be taken over
 */
export async function claimCalls(
  db: Queryable,
  registry: Registry,
  wanted: number,
  leaseMs: number,
  mayTakeOver: boolean,
): Promise<Claim[]> {
  const { fns, limits } = registry.limits;
  const { rows } = await db.query<Claim>(
    "select * from jobs.claim($1, $2, $3, $4 * interval '1 millisecond', $5)",
    [fns, limits, wanted, leaseMs, mayTakeOver],
  );
  return rows;
}

/** Renews the leases of claims that are still current. */
export async function renewClaims(db: Queryable, claims: readonly Claim[], leaseMs: number): Promise<void> {
  await db.query(
    `with mine as (
       select s.run, s.id from jobs.step s
       join unnest($1::uuid[], $2::text[], $3::bigint[]) as m(run, id, token) on m.run = s.run and m.id = s.id and m.token = s.token
       where s.running for update of s skip locked)
     update jobs.step s set due_at = clock_timestamp() + $4 * interval '1 millisecond'
     from mine where s.run = mine.run and s.id = mine.id`,
    [...columns(claims), leaseMs],
  );
}

/** Returns claims: others may take them at once. Not an attempt. */
export async function returnClaims(db: Queryable, claims: readonly Claim[]): Promise<void> {
  await db.query(
    `with mine as (
       select s.run, s.id from jobs.step s
       join unnest($1::uuid[], $2::text[], $3::bigint[]) as m(run, id, token) on m.run = s.run and m.id = s.id and m.token = s.token
       where s.running for update of s skip locked)
     update jobs.step s set running = false, due_at = clock_timestamp(), lost = 0
     from mine where s.run = mine.run and s.id = mine.id`,
    columns(claims),
  );
}

/**
 * Ends a claim before its outcome is written, in the same transaction. The caller has locked the run.
 * False: the token is no longer current, and the outcome must be dropped.
 */
export async function settleClaim(db: Queryable, claim: Claim): Promise<boolean> {
  const { rowCount } = await db.query(
    `update jobs.step set running = false, lost = 0, again = false, due_at = case when again then clock_timestamp() end
     where run = $1 and id = $2 and token = $3 and running`,
    [claim.run, claim.id, claim.token],
  );
  return rowCount === 1;
}

/** What a call needs about its run; null when the run has ended. */
export async function loadRun(db: Queryable, claim: Claim) {
  const { rows } = await db.query<{
    event: JobEvent;
    steps: { id: string; result: StepResult | null; done: boolean }[] | null;
  }>(
    `select r.event, (
       select json_agg(json_build_object('id', s.id, 'result', s.result, 'done', s.result is not null) order by s.done_no)
       from jobs.step s where s.run = r.id and s.op <> 'Discover') as steps
     from jobs.run r where r.id = $1 and r.status = 'running'`,
    [claim.run],
  );
  const [run] = rows;
  if (!run) return null;
  const steps = run.steps ?? [];
  const done = steps.flatMap(({ id, result, done }) => (done && result ? [{ id, result }] : []));
  return { event: run.event, done, planOnly: done.length < steps.length };
}

const columns = (claims: readonly Claim[]) => [
  claims.map((claim) => claim.run),
  claims.map((claim) => claim.id),
  claims.map((claim) => claim.token),
];

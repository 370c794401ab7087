import { type Claim, settleClaim } from "./claims.ts";
import { maxAttempts } from "./config.ts";
import type { Queryable } from "./database.ts";
import type { JobEvent } from "./event.ts";
import { isComparison } from "./expressions.ts";
import type { Answer, Operation } from "./protocol.ts";
import type { Registry } from "./registry.ts";
import { endRun, lockRun, startRuns, storeResult, TOP } from "./runs.ts";
import { type Due, millisecondsUntil, parseDue, retryDue } from "./times.ts";

export interface Outcome {
  state: "written" | "dropped";
  /** Milliseconds until the earliest wait that began here is over. */
  nextInMs: number;
  failed?: { error: unknown; retryInMs: number | null };
}

/** Writes the application's answer in the caller's transaction. Drops it when the claim is no longer current. */
export async function writeOutcome(
  db: Queryable,
  registry: Registry,
  claim: Claim,
  answer: Exclude<Answer, { kind: "undelivered" }>,
  backoffSeconds: readonly number[],
): Promise<Outcome> {
  const outcome: Outcome = { state: "written", nextInMs: Infinity };
  if (!(await lockRun(db, claim.run)) || !(await settleClaim(db, claim)))
    return { ...outcome, state: "dropped" };

  if (answer.kind === "output") {
    await endRun(db, registry, claim.run, "completed", answer.output);
  } else if (answer.kind === "operations") {
    for (const operation of answer.operations) {
      const waitMs = await begin(db, registry, claim, operation);
      outcome.nextInMs = Math.min(outcome.nextInMs, waitMs);
    }
  } else if (mayRetry(registry, claim, answer)) {
    const due = retryDue(claim.attempt, answer.retryAfter, backoffSeconds);
    const [sql, value] = dueSql(due, 3);
    await db.query(`update jobs.step set attempt = attempt + 1, due_at = ${sql} where run = $1 and id = $2`, [
      claim.run,
      claim.id,
      value,
    ]);
    outcome.nextInMs = millisecondsUntil(due);
    outcome.failed = { error: answer.error, retryInMs: outcome.nextInMs };
  } else {
    outcome.failed = { error: answer.error, retryInMs: null };
    // a step that lost every attempt fails inside its function, which may catch that
    if (claim.id !== TOP && !answer.byApp)
      await storeResult(db, claim.run, claim.id, { error: answer.error });
    else await endRun(db, registry, claim.run, "failed", answer.error);
  }
  return outcome;
}

function mayRetry(registry: Registry, claim: Claim, answer: Extract<Answer, { kind: "error" }>): boolean {
  const fn = registry.functions.get(claim.fn);
  return !answer.final && (!fn || claim.attempt + 1 < maxAttempts(fn));
}

/** Records the operation that the function reports and returns the milliseconds until it is due. */
async function begin(db: Queryable, registry: Registry, claim: Claim, operation: Operation): Promise<number> {
  const { run } = claim;
  const { id, op, opts } = operation;
  switch (op) {
    case "StepRun":
      await storeResult(db, run, id, { data: operation.data ?? null });
      return 0;
    case "StepFailed":
      await storeResult(db, run, id, {
        error: operation.error ?? { name: "Error", message: "The step failed." },
      });
      return 0;
    case "StepPlanned":
      await addStep(db, claim, operation, { inSeconds: 0 });
      return 0;
    case "Sleep":
      return addStep(db, claim, operation, parseDue(operation.name ?? ""));
    case "WaitForEvent":
      if (opts?.if && !isComparison(opts.if))
        return refuse(db, registry, run, `waits under the condition ${opts.if}`);
      return addStep(
        db,
        claim,
        operation,
        parseDue(opts?.timeout ?? ""),
        operation.name ?? "",
        opts?.if ?? null,
      );
    case "InvokeFunction":
      return invoke(db, registry, claim, operation);
    default:
      return refuse(db, registry, run, `asks for a step of the kind ${op}`);
  }
}

async function refuse(db: Queryable, registry: Registry, run: string, what: string): Promise<number> {
  const message = `The function ${what}, which the embedded job server does not support.`;
  await endRun(db, registry, run, "failed", { name: "Error", message });
  return Infinity;
}

async function invoke(
  db: Queryable,
  registry: Registry,
  claim: Claim,
  operation: Operation,
): Promise<number> {
  const { run } = claim;
  const { id, opts } = operation;
  const fn = registry.functions.get(opts?.function_id ?? "");
  if (!fn) {
    const message = `The function ${opts?.function_id} to invoke does not exist.`;
    await storeResult(db, run, id, { error: { name: "Error", message } });
    return 0;
  }
  const waitMs = await addStep(db, claim, operation, opts?.timeout ? parseDue(opts.timeout) : null);
  const event: JobEvent = {
    id: `invoked/${run}/${id}`,
    name: "inngest/function.invoked",
    data: opts?.payload?.data ?? {},
    ts: Date.now(),
  };
  await startRuns(db, [{ fn, event, dedupe: `invoked/${run}/${id}`, parent: { run, step: id } }]);
  return Math.min(waitMs, 0);
}

/** Adds a step that waits or will be called. Steps that were reported before stay unchanged. */
async function addStep(
  db: Queryable,
  claim: Claim,
  { id, op }: Operation,
  due: Due | null,
  waitsFor: string | null = null,
  condition: string | null = null,
): Promise<number> {
  const [sql, value] = due ? dueSql(due, 7) : ["$7::timestamptz", null];
  await db.query(
    `insert into jobs.step (run, id, fn, slot, op, timer, waits_for, condition, due_at)
     select id, $2, fn, slot, $3, $4, $5, $6, ${sql} from jobs.run where id = $1 on conflict (run, id) do nothing`,
    [claim.run, id, op, op !== "StepPlanned", waitsFor, condition, value],
  );
  return due ? millisecondsUntil(due) : Infinity;
}

/** Durations are added by the database's clock, the only one that all job servers share. */
function dueSql(due: Due, parameter: number): [string, string | number] {
  return "at" in due
    ? [`$${parameter}::timestamptz`, due.at.toISOString()]
    : [`clock_timestamp() + $${parameter} * interval '1 second'`, due.inSeconds];
}

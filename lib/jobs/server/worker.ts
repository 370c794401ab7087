import { setTimeout as delay } from "node:timers/promises";
import { type Claim, loadRun, renewClaims, returnClaims } from "./claims.ts";
import { maxAttempts } from "./config.ts";
import { type Database, isTransient } from "./database.ts";
import type { JobLog, JobTuning } from "./options.ts";
import { type Outcome, writeOutcome } from "./outcome.ts";
import type { Answer, AppClient } from "./protocol.ts";
import type { AppSync } from "./sync.ts";

/** Makes claimed calls and writes their outcomes. */
export interface Worker {
  active(): number;
  start(claims: readonly Claim[]): void;
  /**
   * Renews the leases of all running calls if that is overdue. After a stall (a suspended machine, a database that was
   * away) this process would otherwise take its own claims for expired.
   */
  renewIfStale(): Promise<void>;
  /** Waits for running calls, at most `stopMs`, then returns their claims. */
  stop(): Promise<void>;
}

interface Parts {
  database: Database;
  app: AppClient;
  sync: AppSync;
  log: JobLog;
  tuning: JobTuning;
  /** Called after each call, with the milliseconds until something new is due. */
  onDone(nextInMs: number): void;
}

export function createWorker({ database, app, sync, log, tuning, onDone }: Parts): Worker {
  const active = new Map<Claim, Promise<void>>();
  let stopping = false;
  let renewedAt = performance.now();

  async function renew(): Promise<void> {
    if (active.size > 0) await renewClaims(database.pool, [...active.keys()], tuning.leaseMs);
    renewedAt = performance.now();
  }
  const heartbeat = setInterval(() => {
    renew().catch((error: unknown) => log.warn({ err: error }, "Leases could not be renewed; trying again."));
  }, tuning.leaseMs / 3);

  async function perform(claim: Claim): Promise<number> {
    const registry = sync.known();
    const fn = registry?.functions.get(claim.fn);
    if (!registry || !fn) return release(claim);
    const run = await loadRun(database.pool, claim);
    if (!run) return 0;

    const about = { fn: claim.fn, run: claim.run, attempt: claim.attempt };
    const answer: Answer =
      claim.lost >= tuning.maxLostClaims
        ? lostTooOften(claim)
        : await app.execute({
            ...run,
            fnId: claim.fn,
            stepId: claim.id,
            runId: claim.run,
            attempt: claim.attempt,
            maxAttempts: maxAttempts(fn),
          });
    if (answer.kind === "undelivered") {
      sync.refresh({ reason: answer.reason });
      return release(claim);
    }
    if (stopping && !active.has(claim)) return 0;

    // The application has done the work: its result waits while the database is away, and only a newer claim voids it.
    const outcome = await database.outlast(
      () => database.transaction((db) => writeOutcome(db, registry, claim, answer, tuning.backoffSeconds)),
      () => active.has(claim),
    );
    report(outcome, about);
    if (answer.kind === "error" && !answer.byApp) sync.refresh();
    return outcome.nextInMs;
  }

  function report({ state, failed }: Outcome, about: object): void {
    if (state === "dropped")
      log.warn(about, "The result came after its claim or run had ended and was dropped.");
    else if (failed?.retryInMs === null)
      log.error({ ...about, error: failed.error }, "A step or run failed for good.");
    else if (failed)
      log.warn(
        { ...about, error: failed.error, retryInMs: failed.retryInMs },
        "A step failed and will be tried again.",
      );
  }

  async function release(claim: Claim): Promise<number> {
    await returnClaims(database.pool, [claim]);
    return 0;
  }

  /** For errors that no repetition mends, such as a result that the database refuses: fails the run instead of looping. */
  async function giveUp(claim: Claim, error: unknown): Promise<void> {
    const registry = sync.known();
    log.error({ err: error, fn: claim.fn, run: claim.run }, "A call could not be handled.");
    if (isTransient(error) || !registry) return; // the lease runs out, and the call is claimed again
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const answer = { kind: "error", error: { name, message }, final: true, byApp: true } as const;
    await database.transaction((db) => writeOutcome(db, registry, claim, answer, tuning.backoffSeconds));
  }

  return {
    active: () => active.size,
    start(claims) {
      for (const claim of claims) {
        let nextInMs = 0;
        const work = perform(claim)
          .then((ms) => void (nextInMs = ms))
          .catch((error: unknown) => giveUp(claim, error))
          .catch((error: unknown) => log.error({ err: error }, "A failed call could not be recorded."))
          .finally(() => {
            active.delete(claim);
            onDone(nextInMs);
          });
        active.set(claim, work);
      }
    },
    async renewIfStale() {
      if (performance.now() - renewedAt > tuning.leaseMs / 2) await renew();
    },
    async stop() {
      stopping = true;
      await Promise.race([Promise.all(active.values()), delay(tuning.stopMs, undefined, { ref: false })]);
      const left = [...active.keys()];
      active.clear();
      if (left.length > 0) {
        await returnClaims(database.pool, left).catch((error: unknown) =>
          log.warn({ err: error }, "Claims could not be given back; they expire."),
        );
        log.warn(
          { calls: left.length },
          "The job server stopped with calls under way; they will be made again.",
        );
      }
      clearInterval(heartbeat);
      app.abandon();
    },
  };
}

function lostTooOften(claim: Claim): Answer {
  const message = `The step was begun ${claim.lost} times, and each time its process ended before it did.`;
  return { kind: "error", error: { name: "Error", message }, final: true, byApp: false };
}

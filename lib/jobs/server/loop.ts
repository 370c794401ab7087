import { createAlarm } from "./alarm.ts";
import { claimCalls } from "./claims.ts";
import type { CronTab } from "./cron.ts";
import type { Database } from "./database.ts";
import { fanOut } from "./fan-out.ts";
import type { JobLog, JobTuning } from "./options.ts";
import type { AppSync } from "./sync.ts";
import { fireTimers } from "./timers.ts";
import type { Worker } from "./worker.ts";

/** The shortest sleep, so that many close due times do not become as many polls. */
const SHORTEST_POLL_MS = 20;

/** The main loop: does what is due and sleeps until a signal, the next due time or the next poll. */
export interface Loop {
  /** Something may be claimed now, or in `inMs`. */
  wake(inMs?: number): void;
  /** Events were stored. */
  wakeForEvents(): void;
  /** The application's functions are known, have changed, or can be reached again. */
  wakeForFunctions(): void;
  stop(): Promise<void>;
}

interface Parts {
  database: Database;
  sync: AppSync;
  worker: Worker;
  crons: CronTab;
  log: JobLog;
  tuning: JobTuning;
  parallel: number;
}

/** Times by `performance.now()`. */
interface Agenda {
  pollAt: number;
  timersAt: number;
  cronAt: number;
}

export function startLoop({ database, sync, worker, crons, log, tuning, parallel }: Parts): Loop {
  const agenda: Agenda = { pollAt: 0, timersAt: 0, cronAt: 0 };
  let eventsWaiting = false;
  let callsWaiting = false;
  const alarm = createAlarm();
  const stopAlarm = createAlarm();
  let stopping = false;

  /** One query tells whether anything is due and when the next timer is, so idling costs one query per poll. */
  async function poll(now: number): Promise<void> {
    const { rows } = await database.pool.query<{
      events: boolean;
      calls: boolean;
      timers: boolean;
      next_ms: number | null;
    }>(
      `select exists (select from jobs.event where handled_at is null) as events,
         exists (select from jobs.step where due_at <= clock_timestamp() and not timer) as calls,
         exists (select from jobs.step where due_at <= clock_timestamp() and timer) as timers,
         (select extract(epoch from min(due_at) - clock_timestamp())::float8 * 1000 from jobs.step
          where timer and due_at > clock_timestamp()) as next_ms`,
    );
    const [due] = rows;
    agenda.pollAt = now + Math.min(tuning.pollMs, Math.max(SHORTEST_POLL_MS, due?.next_ms ?? Infinity));
    eventsWaiting ||= due?.events ?? false;
    callsWaiting ||= due?.calls ?? false;
    if (due?.timers) agenda.timersAt = now;
  }

  /** Does one round of what is due. */
  async function turn(): Promise<void> {
    const now = performance.now();
    if (now >= agenda.pollAt) await poll(now);
    if (now >= agenda.timersAt) {
      agenda.timersAt = Infinity;
      if ((await fireTimers(database)).full) agenda.timersAt = now;
      callsWaiting = true;
    }
    const registry = sync.reachable();
    if (!registry) return;
    if (now >= agenda.cronAt) {
      await crons.start(registry);
      agenda.cronAt = now + crons.nextInMs(registry);
      callsWaiting = true;
    }
    if (eventsWaiting) {
      eventsWaiting = false;
      if ((await fanOut(database, registry, log)).full) eventsWaiting = true;
      callsWaiting = true;
    }
    const wanted = parallel - worker.active();
    if (callsWaiting && wanted > 0) {
      callsWaiting = false;
      await worker.renewIfStale();
      const claims = await claimCalls(database.pool, registry, wanted, tuning.leaseMs, mayTakeOver());
      worker.start(claims);
      callsWaiting = claims.length === wanted;
    }
  }

  /** After an outage of the database every lease looks expired. Their holders get the time of one lease to renew. */
  function mayTakeOver(): boolean {
    return database.answeringForMs() > tuning.leaseMs;
  }

  function idleMs(): number {
    const now = performance.now();
    const registry = sync.reachable();
    const busy = worker.active() >= parallel;
    if (registry && (eventsWaiting || (callsWaiting && !busy))) return 0;
    return Math.min(agenda.pollAt, agenda.timersAt, registry ? agenda.cronAt : Infinity) - now;
  }

  const running = (async () => {
    let backoffMs = 0;
    while (!stopping) {
      try {
        await turn();
        backoffMs = 0;
      } catch (error) {
        if (backoffMs === 0) log.error({ err: error }, "The job server's turn failed; trying again.");
        backoffMs = Math.min(Math.max(backoffMs * 2, 100), 5_000);
        agenda.pollAt = 0;
      }
      const waitMs = backoffMs || idleMs();
      // events that come in while the database is away must not shorten the back-off
      if (waitMs > 0) await (backoffMs ? stopAlarm : alarm).sleep(waitMs);
    }
  })();

  return {
    wake(inMs = 0) {
      if (inMs > 0) agenda.pollAt = Math.min(agenda.pollAt, performance.now() + inMs);
      else callsWaiting = true;
      alarm.ring();
    },
    wakeForEvents() {
      eventsWaiting = true;
      alarm.ring();
    },
    wakeForFunctions() {
      agenda.cronAt = 0;
      agenda.pollAt = 0;
      alarm.ring();
    },
    async stop() {
      stopping = true;
      alarm.ring();
      stopAlarm.ring();
      await running;
    },
  };
}

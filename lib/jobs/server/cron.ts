import type { Cron } from "croner";
import type { Database } from "./database.ts";
import type { Registry } from "./registry.ts";
import { startRuns } from "./runs.ts";
import { parseCron } from "./times.ts";

/** Starts the runs of schedules. */
export interface CronTab {
  /** Starts what is due since any server last looked: each slot once, all missed slots together once. */
  start(registry: Registry, now?: Date): Promise<void>;
  /** Milliseconds until the next slot of any schedule. */
  nextInMs(registry: Registry, now?: Date): number;
}

export function createCronTab(database: Database): CronTab {
  const parsed = new Map<string, Cron>();
  /** The slot last settled, by function and cron. Saves a query per round. */
  const settled = new Map<string, number>();

  function parse(text: string): Cron {
    const cron = parsed.get(text) ?? parseCron(text);
    parsed.set(text, cron);
    return cron;
  }

  return {
    async start(registry, now = new Date()) {
      for (const { fn, cron } of registry.schedules) {
        // croner looks strictly before this time, and a slot that begins now is due
        const due = parse(cron).previousRuns(1, new Date(now.getTime() + 1))[0];
        const key = `${fn.id} ${cron}`;
        if (!due || settled.get(key) === due.getTime()) continue;
        await database.transaction(async (db) => {
          const { rows } = await db.query<{ is_new: boolean }>(
            `insert into jobs.schedule as s (fn, cron, last_slot) values ($1, $2, $3)
             on conflict (fn, cron) do update set last_slot = excluded.last_slot where s.last_slot < excluded.last_slot
             returning xmax = 0 as is_new`,
            [fn.id, cron, due],
          );
          // no row: another server was first. A new schedule begins with its next slot.
          if (!rows[0] || rows[0].is_new) return;
          const id = `${cron}@${due.toISOString()}`;
          const event = { id, name: "inngest/scheduled.timer", data: { cron }, ts: due.getTime() };
          await startRuns(db, [{ fn, event, dedupe: id }]);
        });
        settled.set(key, due.getTime());
      }
    },
    nextInMs(registry, now = new Date()) {
      const next = registry.schedules.map(({ cron }) => parse(cron).nextRun(now)?.getTime() ?? Infinity);
      return Math.max(0, Math.min(Infinity, ...next) - now.getTime());
    },
  };
}

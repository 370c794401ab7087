import { createCronTab } from "./cron.ts";
import { openDatabase } from "./database.ts";
import { startIntake } from "./intake.ts";
import { startLoop } from "./loop.ts";
import { defaultTuning, type JobServerOptions, silentLog } from "./options.ts";
import { prune } from "./prune.ts";
import { createAppClient } from "./protocol.ts";
import { ensureSchema } from "./schema.ts";
import { startSync } from "./sync.ts";
import { createWorker } from "./worker.ts";

export type { JobServerOptions, JobTuning } from "./options.ts";

export interface JobServer {
  port: number;
  /** Resolves when the application's functions are known; rejects with UnsupportedFunctionError if it can't run them. */
  ready: Promise<void>;
  /** Claims nothing more, waits for running calls for a bounded time, returns the rest, closes everything. */
  stop(): Promise<void>;
}

const DEFAULT_PARALLEL = 8;

/**
 * Runs the application's Inngest functions on PostgreSQL: the server half of Inngest's SDK protocol.
 * At least once: a call is made again when the process that made it is gone. Finished steps never run again.
 * Several servers may work on one database. Returns when events are accepted; the application may start later.
 * @throws when the database can't be reached, its job tables are newer, or the port is taken
 */
export async function startJobServer(options: JobServerOptions): Promise<JobServer> {
  const { databaseUrl, appUrl, host = "127.0.0.1", port, eventKey, signingKey } = options;
  const { log = silentLog, parallel = DEFAULT_PARALLEL } = options;
  const tuning = { ...defaultTuning, ...options.tuning };
  const database = openDatabase(databaseUrl, log);
  try {
    const client = await database.pool.connect();
    await ensureSchema(client).finally(() => client.release());

    const app = createAppClient(appUrl, signingKey);
    const onEvents = () => loop.wakeForEvents();
    const isReady = () => sync.reachable() !== undefined;
    const intake = await startIntake(host, port, { database, eventKey, log, isReady, onEvents });
    const sync = startSync(app, tuning.syncMs, log, () => loop.wakeForFunctions());
    const worker = createWorker({
      database,
      app,
      sync,
      log,
      tuning,
      onDone: (nextInMs) => loop.wake(nextInMs),
    });
    const loop = startLoop({ database, sync, worker, crons: createCronTab(database), log, tuning, parallel });

    let stopping: Promise<void> | undefined;
    const pruning = setInterval(() => {
      prune(database, tuning, () => !stopping).then(
        (removed) => removed > 0 && log.info({ removed }, "Old runs and events were removed."),
        (error: unknown) =>
          log.warn({ err: error }, "Old runs and events could not be removed; trying again later."),
      );
    }, tuning.pruneEveryMs);

    async function stop(): Promise<void> {
      clearInterval(pruning);
      await loop.stop();
      await worker.stop(); // calls under way may still send events
      await intake.stop();
      await sync.stop();
      await database.end();
    }
    return { port: intake.port, ready: sync.ready, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await database.end();
    throw error;
  }
}

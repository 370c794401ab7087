import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { only, pg, Prisma, transaction, write } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { log } from "#lib/log/index.ts";
import { inngest } from "#inngest/client.ts";

/** How many events are sent together. */
const BATCH = 200;
/** How often the active relay looks for new events: pages are to hear of them within a second. */
const LOOK_MS = 100;
/** How often it looks for what is to be delivered, and a standby tries for the lock. */
const IDLE_MS = 500;
/** How often it looks for what ended by itself. */
const ENDED_MS = 250;
/** What pages heard of is kept for streams that were away this long. */
const KEPT_SECONDS = 900;
const FORGET_MS = 10_000;
const MAX_BACKOFF_MS = 15_000;

export interface Relay {
  stop(): Promise<void>;
}

/**
 * Sends events from the outbox to the background functions. Runs in every instance; an advisory lock lets one be active.
 * It assigns `seq` after commit, so reading in the order of `seq` misses nothing. At least once: an event is marked
 * delivered after it was accepted, and receivers recognise it by its id.
 */
export function startRelay(): Relay {
  const ending = new AbortController();
  const running = run(ending.signal);
  return {
    async stop() {
      ending.abort();
      await running;
    },
  };
}

async function run(signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const lock = new pg.Client({ connectionString: env.DATABASE_URL, application_name: "sheaf-relay" });
    lock.on("error", () => undefined);
    try {
      await lock.connect();
      const { rows } = await lock.query<{ held: boolean }>(
        "SELECT pg_try_advisory_lock(hashtext('sheaf.relay')) AS held",
      );
      if (rows[0]?.held) {
        await together(signal, (either) => [
          // fails when the connection, and with it the lock, is gone
          repeat(IDLE_MS, either, () => lock.query("SELECT 1").then(() => false)),
          repeat(LOOK_MS, either, async () => {
            const isMore = await sequenceOnce();
            failures = 0;
            return isMore;
          }),
          repeat(ENDED_MS, either, tellEnded),
          repeat(FORGET_MS, either, () => forgetOnce()),
          deliver(either),
        ]);
      } else {
        failures = 0;
        await pause(IDLE_MS * 4, signal);
      }
    } catch (error) {
      failures += 1;
      log().warn({ err: error, failures }, "relay interrupted");
      await pause(Math.min(IDLE_MS * 2 ** failures, MAX_BACKOFF_MS), signal);
    } finally {
      await lock.end().catch(() => undefined);
    }
  }
}

/** Runs loops until the signal, or until one of them fails: then the others end, too. */
async function together(signal: AbortSignal, loops: (either: AbortSignal) => Promise<void>[]): Promise<void> {
  const failing = new AbortController();
  await Promise.all(
    loops(AbortSignal.any([signal, failing.signal])).map((loop) =>
      loop.catch((error: unknown) => failing.abort(error)),
    ),
  );
  failing.signal.throwIfAborted();
}

async function repeat(idleMs: number, signal: AbortSignal, work: () => Promise<boolean>): Promise<void> {
  while (!signal.aborted) if (!(await work())) await pause(idleMs, signal);
}

/** Delivers as long as this relay is the active one. That nobody accepts events does not keep pages from hearing of theirs. */
async function deliver(signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      const isMore = (await deliverOnce()) === BATCH;
      failures = 0;
      if (!isMore) await pause(IDLE_MS, signal);
    } catch (error) {
      failures += 1;
      log().warn({ err: error, failures }, "events not delivered");
      await pause(Math.min(IDLE_MS * 2 ** failures, MAX_BACKOFF_MS), signal);
    }
  }
}

/**
 * Assigns `seq` to newly committed events and delivers what is due. Returns how many were delivered.
 * @internal
 */
export async function relayOnce(): Promise<number> {
  await sequenceOnce();
  return deliverOnce();
}

/** Assigns `seq` to newly committed events, which wakes the streams of all instances. Returns whether there may be more. */
export async function sequenceOnce(): Promise<boolean> {
  const { count } = only(
    await write(
      system,
      z.object({ count: z.number() }),
      Prisma.sql`SELECT app.sequence_events(${BATCH}::int) AS count`,
    ),
  );
  return count === BATCH;
}

/** Tells pages of what ended by itself. */
export async function tellEnded(): Promise<boolean> {
  await write(system, z.object({}), Prisma.sql`SELECT app.tell_expired()`);
  return false;
}

/** Drops what pages heard of long ago. Returns whether there may be more. */
export async function forgetOnce(keptSeconds = KEPT_SECONDS): Promise<boolean> {
  const most = 5_000;
  const { count } = only(
    await write(
      system,
      z.object({ count: z.number() }),
      Prisma.sql`SELECT app.forget_told(${keptSeconds}::int, ${most}::int) AS count`,
    ),
  );
  return count === most;
}

/** Delivers events to the background functions, in the order of `seq`. Returns how many. */
async function deliverOnce(): Promise<number> {
  const due = await transaction(system, (tx) =>
    tx.outboxEvent.findMany({
      where: { deliveredAt: null, seq: { not: null } },
      orderBy: { seq: "asc" },
      take: BATCH,
      select: { id: true, name: true, data: true },
    }),
  );
  if (due.length === 0) return 0;
  await inngest.send(due.map(({ id, name, data }) => ({ id, name, data: data as Record<string, unknown> })));
  await transaction(system, (tx) =>
    tx.outboxEvent.updateMany({
      where: { id: { in: due.map(({ id }) => id) } },
      data: { deliveredAt: new Date() },
    }),
  );
  return due.length;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}

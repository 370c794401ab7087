import { system } from "#lib/authz/actor.ts";
import { pg, Prisma, transaction } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { log } from "#lib/log/index.ts";
import { inngest } from "#inngest/client.ts";

/** How many events go out together. */
const BATCH = 200;
/** How often the active relay looks when nothing wakes it, and a standby tries for the lock. Milliseconds. */
const IDLE_MS = 500;
const MAX_BACKOFF_MS = 15_000;

export interface Relay {
  stop(): Promise<void>;
}

/**
 * Carries events from the outbox to the background functions. Runs in every instance; an advisory lock lets one be
 * active. `seq` is given here, after commit, so that order by `seq` misses nothing. At least once: an event is marked
 * delivered after it was accepted, and receivers know events by their id.
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
    let isLost = false;
    lock.on("error", () => (isLost = true));
    try {
      await lock.connect();
      const { rows } = await lock.query<{ held: boolean }>(
        "SELECT pg_try_advisory_lock(hashtext('sheaf.relay')) AS held",
      );
      if (rows[0]?.held) {
        while (!signal.aborted && !isLost) {
          const count = await relayOnce();
          failures = 0;
          if (count < BATCH) await pause(IDLE_MS, signal);
          if (count === 0) await lock.query("SELECT 1"); // notices a connection, and so a lock, that is gone
        }
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

/** Numbers what was committed since, delivers what is due. Returns how many were delivered. */
export async function relayOnce(): Promise<number> {
  await transaction(system, (tx) =>
    tx.$executeRaw(Prisma.sql`
      UPDATE outbox o SET seq = n.seq
        FROM (SELECT id, nextval('outbox_seq') AS seq FROM (SELECT id FROM outbox WHERE seq IS NULL ORDER BY id LIMIT ${BATCH}) waiting) n
       WHERE o.id = n.id AND o.seq IS NULL`),
  );
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

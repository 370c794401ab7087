import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { JobLog } from "./options.ts";

/** Something that takes a query: the pool, or the connection of a transaction. */
export type Queryable = Pick<pg.Pool, "query">;

export interface Database {
  pool: pg.Pool;
  /**
   * Runs `work` in a transaction and repeats it after a deadlock: `work` must not act outside the database.
   * READ COMMITTED.
   */
  transaction<T>(work: (db: Queryable) => Promise<T>): Promise<T>;
  /** Milliseconds since the database's last outage; Infinity if there was none. */
  answeringForMs(): number;
  /** Repeats `work` with back-off while the database is away or too busy and `goOn` holds. */
  outlast<T>(work: () => Promise<T>, goOn: () => boolean): Promise<T>;
  end(): Promise<void>;
}

const POOL_SIZE = 8;
const DEADLOCK = new Set(["40P01", "40001"]);

export function openDatabase(databaseUrl: string, log: JobLog): Database {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: POOL_SIZE,
    application_name: "sheaf-jobs",
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: 30_000,
    query_timeout: 35_000,
  });
  let away = false;
  let backAt = -Infinity;
  const noticed = (error: unknown) => {
    if (isOutage(error)) away = true;
  };
  const answered = () => {
    if (away) backAt = performance.now();
    away = false;
  };
  // A connection that dies emits `error`, which would end the process without a listener.
  const lost = (error: Error) => {
    noticed(error);
    log.warn({ err: error }, "A database connection of the job server was lost.");
  };
  pool.on("error", lost);
  pool.on("connect", (client) => void client.on("error", noticed));

  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  pool.query = (async (...args: unknown[]) => {
    try {
      const result = await query(...args);
      answered();
      return result;
    } catch (error) {
      noticed(error);
      throw error;
    }
  }) as typeof pool.query;

  async function attempt<T>(work: (db: Queryable) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query("begin");
      answered();
      const result = await work(client);
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback").catch((cause: Error) => (broken = cause));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  return {
    pool,
    answeringForMs: () => (away ? 0 : performance.now() - backAt),
    async transaction(work) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt(work);
        } catch (error) {
          noticed(error);
          if (tries >= 8 || !DEADLOCK.has(codeOf(error))) throw error;
        }
      }
    },
    async outlast(work, goOn) {
      for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 5_000)) {
        try {
          return await work();
        } catch (error) {
          if (!isTransient(error) || !goOn()) throw error;
          await delay(waitMs);
        }
      }
    },
    // the process must end even while the database is away
    end: () => Promise.race([pool.end(), delay(3_000, undefined, { ref: false })]),
  };
}

/** Whether the database is away or refuses all work for now; the same query may succeed later. */
export function isOutage(error: unknown): boolean {
  const code = codeOf(error);
  if (/^(08|57P0|53|58)/.test(code)) return true;
  if (
    ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOENT", "ETIMEDOUT", "EHOSTUNREACH", "EAI_AGAIN"].includes(code)
  )
    return true;
  return (
    error instanceof Error &&
    /connection (?:terminated|error|timeout)|timeout exceeded|read timeout|not queryable/i.test(error.message)
  );
}

/** Whether the same work may succeed when tried again: an outage, a busy database, a deadlock or a lock. */
export function isTransient(error: unknown): boolean {
  return isOutage(error) || DEADLOCK.has(codeOf(error)) || ["57014", "55P03"].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

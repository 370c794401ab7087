import { randomUUID } from "node:crypto";
import pg from "pg";
import { isSameScript, MigrationError, type Migration } from "./folder.ts";

interface Applied {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

/** The key that Prisma's own CLI locks, so that it and this code exclude each other. */
const LOCK_KEY = 72707369;
/** Longer than any migration should take; another instance may be applying one. */
const LOCK_WAIT_SECONDS = 600;

/** Prisma's table, column by column (schema-engine, `apply_migrations`). */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS public._prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;

/** Runs `work` on one connection, which is closed afterwards. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "sheaf-migrate" });
  client.on("error", () => {}); // a lost connection also rejects the query under way
  try {
    await client.connect();
  } catch (cause) {
    throw new MigrationError(`The database cannot be reached: ${text(cause)}.`, { cause });
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** What the database has recorded and not rolled back, oldest first; nothing on an empty database. */
export async function readApplied(client: pg.Client): Promise<Applied[]> {
  // Not to_regclass(): it answers from a cache that may miss a table committed while this one waited for the lock.
  const table = await client.query(
    "SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = '_prisma_migrations'",
  );
  if (table.rows.length === 0) return [];
  const { rows } = await client.query<Applied>(
    `SELECT migration_name, checksum, finished_at FROM public._prisma_migrations
     WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return rows;
}

/**
 * The migrations that the database still lacks.
 * @throws MigrationError if the database has one that the folder lacks, or one was left unfinished by another tool, or
 * edited after it was applied.
 */
export function pendingOf(migrations: Migration[], applied: Applied[]): Migration[] {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = applied.map((row) => row.migration_name).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    const others = unknown.length > 1 ? ` and ${unknown.length - 1} more` : "";
    throw new MigrationError(
      `The database has migrations that this version of Sheaf does not know (${unknown[0]}${others}); start the version that made it, or give this one an empty database (a new DATA_DIR, or a new database behind DATABASE_URL and DATABASE_OWNER_URL).`,
    );
  }
  const recorded = new Map(applied.map((row) => [row.migration_name, row]));
  return migrations.filter((migration) => {
    const row = recorded.get(migration.name);
    if (!row) return true;
    if (!row.finished_at) {
      throw new MigrationError(
        `Migration ${row.migration_name} was begun and never finished; repair the database and delete its row from _prisma_migrations.`,
      );
    }
    if (!isSameScript(migration, row.checksum)) {
      throw new MigrationError(
        `Migration ${row.migration_name} was changed after it was applied; restore the file, or roll it back first.`,
      );
    }
    return false;
  });
}

/** One transaction that holds the migration lock, so that instances starting together take turns. */
export async function inLockedTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query(`BEGIN; SET LOCAL lock_timeout = '${LOCK_WAIT_SECONDS}s'`);
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK_KEY]);
    await client.query("SET LOCAL lock_timeout = 0");
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

/** Runs a whole script as it stands: functions with `;` in their bodies included. */
export async function runScript(client: pg.Client, what: string, script: string) {
  try {
    await client.query(script);
  } catch (cause) {
    const line = cause instanceof pg.DatabaseError && cause.position ? lineAt(script, +cause.position) : null;
    const where = line ? ` (line ${line})` : "";
    throw new MigrationError(`${what} failed: ${text(cause)}${where}. Nothing of it was kept.`, { cause });
  }
  if (client.getTransactionStatus() !== "T") {
    throw new MigrationError(
      `${what} ends the transaction it runs in; take BEGIN, COMMIT and ROLLBACK out of it.`,
    );
  }
  // A script may set its own role or search_path; what follows starts clean again.
  await client.query("RESET ROLE; RESET ALL");
}

export async function recordApplied(client: pg.Client, migration: Migration, startedAt: Date) {
  await client.query(CREATE_TABLE);
  await client.query(
    `INSERT INTO public._prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
    [randomUUID(), migration.checksum, migration.name, startedAt],
  );
}

export async function forgetApplied(client: pg.Client, name: string) {
  await client.query("DELETE FROM public._prisma_migrations WHERE migration_name = $1", [name]);
}

const lineAt = (script: string, position: number) => script.slice(0, position).split("\n").length;

function text(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(text).join(", ");
  return error instanceof Error ? error.message : String(error);
}

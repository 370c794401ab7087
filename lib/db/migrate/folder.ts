import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Where schema and migrations lie, and the database of the owning role. */
export interface MigrationTarget {
  /** Connection of the role that owns the tables. */
  url: string;
  /** Folder with `<timestamp>_<name>/migration.sql`; the project's own by default. */
  migrationsDir?: string;
  /** The Prisma schema file; the project's own by default. */
  schemaFile?: string;
  /** Folder with `<domain>/sql/*.sql`; the project's own by default. */
  sourcesDir?: string;
}

/** A failure whose message is one sentence for the person at the command line. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

export interface Migration {
  name: string;
  sql: string;
  /** SHA-256 as Prisma records it. */
  checksum: string;
}

const prismaDir = fileURLToPath(new URL("../../../prisma/", import.meta.url));

export const migrationsDirOf = (target: MigrationTarget) =>
  target.migrationsDir ?? path.join(prismaDir, "migrations");
export const schemaFileOf = (target: MigrationTarget) =>
  target.schemaFile ?? path.join(prismaDir, "schema.prisma");

export const sourcesDirOf = (target: MigrationTarget) =>
  target.sourcesDir ?? fileURLToPath(new URL("../..", import.meta.url));

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Whether a recorded checksum belongs to this script. Line endings don't count: git rewrites them on Windows. */
export function isSameScript(migration: Migration, checksum: string): boolean {
  const unix = migration.sql.replaceAll("\r\n", "\n");
  return [migration.checksum, sha256(unix), sha256(unix.replaceAll("\n", "\r\n"))].includes(checksum);
}

/** All migrations, oldest first. A folder without `migration.sql` is an error, as with Prisma. */
export async function readMigrations(dir: string): Promise<Migration[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readScript(dir, name, "migration.sql");
      return { name, sql, checksum: sha256(sql) };
    }),
  );
}

/** The text of one script of a migration. */
export async function readScript(dir: string, name: string, file: "migration.sql" | "down.sql") {
  try {
    return await readFile(path.join(dir, name, file), "utf8");
  } catch (cause) {
    throw new MigrationError(`Migration ${name} has no readable ${file}.`, { cause });
  }
}

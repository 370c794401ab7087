import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** Connections to one database, as its different roles. */
interface DatabaseUrls {
  /** As `sheaf_app`: what requests use. */
  appUrl: string;
  /** As `sheaf_owner`: what migrations use. */
  ownerUrl: string;
  superuserUrl: string;
}

declare module "vitest" {
  interface ProvidedContext {
    /** The migrated database of this test run, which others are copied from; nobody stays connected to it. */
    postgres: DatabaseUrls;
  }
}

export interface TestDatabase extends DatabaseUrls {
  /** Whether anyone is connected to it. */
  isInUse(): Promise<boolean>;
  /** Drops it, ending whatever connections are left. */
  drop(): Promise<void>;
}

/** What a new installation has before its first migration: extensions, and nothing else. */
export const EMPTY_TEMPLATE = "sheaf_empty";

/** A fresh database with all migrations applied, for the caller alone. Takes about 20 ms. */
export function testDatabase(): Promise<TestDatabase> {
  return createDatabase(new URL(inject("postgres").ownerUrl).pathname.slice(1));
}

/** A fresh database without any migration. */
export function emptyTestDatabase(): Promise<TestDatabase> {
  return createDatabase(EMPTY_TEMPLATE);
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const urls = inject("postgres");
  const name = `test_${randomBytes(6).toString("hex")}`;
  const named = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  // Copying files takes 14 ms here, the default (through the write-ahead log) 180 ms.
  // Rights on a database are not copied with it: these are the launcher's.
  await asSuperuser(
    `CREATE DATABASE ${name} TEMPLATE ${template} OWNER sheaf_owner STRATEGY file_copy`,
    `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${name} TO sheaf_app`,
  );
  return {
    appUrl: named(urls.appUrl),
    ownerUrl: named(urls.ownerUrl),
    superuserUrl: named(urls.superuserUrl),
    isInUse: async () => (await asSuperuser(`SELECT FROM pg_stat_activity WHERE datname = '${name}'`)) > 0,
    drop: () => dropDatabase(name),
  };
}

/**
 * Connections that are about to end get the five seconds that PostgreSQL gives them: cutting one off makes its
 * client throw where no test can catch it. Whatever is left then was forgotten.
 */
async function dropDatabase(name: string) {
  try {
    await asSuperuser(`DROP DATABASE IF EXISTS ${name}`);
  } catch (error) {
    if ((error as { code?: string }).code !== "55006") throw error; // object_in_use
    await asSuperuser(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}

/** Runs statements outside of the test's database; returns the last one's number of rows. */
async function asSuperuser(...statements: string[]): Promise<number> {
  const client = new pg.Client({ connectionString: inject("postgres").superuserUrl });
  await client.connect();
  try {
    let count = 0;
    for (const statement of statements) count = (await client.query(statement)).rowCount ?? 0;
    return count;
  } finally {
    await client.end();
  }
}

import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** The PostgreSQL of this test run; its roles share one password. */
export interface TestPostgres {
  host: string;
  port: number;
  password: string;
}

declare module "vitest" {
  interface ProvidedContext {
    postgres: TestPostgres;
  }
}

export interface TestDatabase {
  /** As `sheaf_app`: what requests use. */
  appUrl: string;
  /** As `sheaf_owner`: what migrations use. */
  ownerUrl: string;
  superuserUrl: string;
  /** Whether anyone is connected to it. */
  isInUse(): Promise<boolean>;
  /** Drops it, ending whatever connections are left. */
  drop(): Promise<void>;
}

/** The migrated database that others are copied from; nobody stays connected to it. */
export const TEMPLATE_DATABASE = "sheaf_template";

/** A fresh database with all migrations applied, for the caller alone. */
export function testDatabase(): Promise<TestDatabase> {
  return createDatabase(TEMPLATE_DATABASE);
}

/** A fresh database with nothing in it. */
export function emptyTestDatabase(): Promise<TestDatabase> {
  return createDatabase("template1");
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const { host, port, password } = inject("postgres");
  const name = `test_${randomBytes(6).toString("hex")}`;
  const url = (user: string, database = name) => `postgres://${user}:${password}@${host}:${port}/${database}`;
  const admin = url("postgres", "postgres");
  await query(admin, `CREATE DATABASE ${name} TEMPLATE ${template} OWNER sheaf_owner`);
  return {
    appUrl: url("sheaf_app"),
    ownerUrl: url("sheaf_owner"),
    superuserUrl: url("postgres"),
    isInUse: async () =>
      (await query(admin, `SELECT FROM pg_stat_activity WHERE datname = '${name}'`)).rows.length > 0,
    drop: async () => void (await query(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

async function query(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

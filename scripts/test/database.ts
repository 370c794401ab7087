import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { testDatabase } from "#lib/db/testing/index.ts";

// Runs before each test file is imported: the application's modules find their settings as in production,
// pointing at a database and folders that belong to this file alone.
const database = await testDatabase();
// Named after the run, which sweeps what a killed one left.
const folder = await mkdtemp(path.join(tmpdir(), `sheaf-test-${process.ppid}-`));

Object.assign(process.env, {
  DATABASE_URL: database.appUrl,
  DATABASE_OWNER_URL: database.ownerUrl,
  AUTH_SECRET: randomBytes(32).toString("hex"),
  AUDIT_KEYS: `1:${randomBytes(32).toString("hex")}`,
  STORAGE_DRIVER: "local",
  STORAGE_DIR: path.join(folder, "storage"),
  MAIL_DIR: path.join(folder, "mail"),
  LOG_LEVEL: "silent",
});

afterAll(async () => {
  // Only where the file opened the application's pool is there something to close.
  if (await database.isInUse()) await import("#lib/db/index.ts").then(({ closeDatabase }) => closeDatabase());
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

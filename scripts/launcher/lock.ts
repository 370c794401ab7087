import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { StartFailure } from "./failure.ts";
import { startMark } from "./processes.ts";

interface Holder {
  pid: number;
  /** Distinguishes this process from a later one with the same id (after a reboot or in a restarted container). */
  startMark: string | null;
}

export interface DataFolderLock {
  /** Whether this replaced the lock of a run that was killed. */
  recovered: boolean;
  release(): Promise<void>;
}

/**
 * Locks a data folder for this process. Throws a StartFailure if a running launcher holds it. Replaces the lock of a
 * killed one silently.
 *
 * Locks are numbered files, and each number is given once: link() never replaces a file, a release empties the newest
 * file but keeps it, and a launcher that finds a newer file than its own withdraws. So exactly one of several launchers
 * replaces the same dead lock. With a single file, removing the dead lock could remove a live one.
 */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  const mine: Holder = { pid: process.pid, startMark: await startMark(process.pid) };
  const draft = path.join(dataDir, `.lock-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(mine));
  try {
    for (;;) {
      const newest = await newestNumber(dataDir);
      const text = newest === 0 ? "" : await readFile(lockFile(dataDir, newest), "utf8").catch(() => "");
      const holder = parse(text);
      if (holder && (await isRunning(holder))) {
        throw new StartFailure(
          `Sheaf already runs on the data folder ${dataDir} (process ${holder.pid}); stop it first, or name another folder with DATA_DIR.`,
        );
      }
      const file = lockFile(dataDir, newest + 1);
      try {
        await link(draft, file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
        throw error;
      }
      if ((await newestNumber(dataDir)) !== newest + 1) {
        await rm(file, { force: true });
        continue;
      }
      for (const number of await numbers(dataDir)) {
        if (number <= newest) await rm(lockFile(dataDir, number), { force: true });
      }
      return { recovered: text !== "", release: () => truncate(file).catch(() => undefined) };
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** The id of the process that holds the folder, or null. */
export async function findLockHolder(dataDir: string): Promise<number | null> {
  const newest = await newestNumber(dataDir).catch(() => 0);
  const holder = parse(await readFile(lockFile(dataDir, newest), "utf8").catch(() => ""));
  return holder && (await isRunning(holder)) ? holder.pid : null;
}

const lockFile = (dataDir: string, number: number) => path.join(dataDir, `launcher-${number}.lock`);

async function numbers(dataDir: string): Promise<number[]> {
  const names = await readdir(dataDir);
  return names.flatMap((name) => /^launcher-(\d+)\.lock$/.exec(name)?.[1] ?? []).map(Number);
}

async function newestNumber(dataDir: string): Promise<number> {
  return Math.max(0, ...(await numbers(dataDir)));
}

function parse(text: string): Holder | null {
  try {
    const holder = JSON.parse(text) as Partial<Holder>;
    return typeof holder.pid === "number" ? (holder as Holder) : null;
  } catch {
    return null;
  }
}

async function isRunning(holder: Holder): Promise<boolean> {
  const mark = await startMark(holder.pid);
  return mark !== null && mark === holder.startMark;
}

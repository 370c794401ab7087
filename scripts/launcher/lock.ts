import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { StartFailure } from "./failure.ts";
import { startMark } from "./processes.ts";

interface Holder {
  pid: number;
  /** Tells this process from a later one with the same id (after a reboot, or in a restarted container). */
  startMark: string | null;
  token: string;
}

export interface DataFolderLock {
  /** Whether a lock of a run that had not ended properly was found and replaced. */
  recovered: boolean;
  release(): Promise<void>;
}

/**
 * Takes a data folder for this process. Throws a StartFailure if a living launcher holds it;
 * what a killed one left behind is replaced silently.
 */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  const file = path.join(dataDir, "launcher.lock");
  const mine: Holder = { pid: process.pid, startMark: await startMark(process.pid), token: randomUUID() };
  const draft = `${file}.${mine.token}`;
  await writeFile(draft, JSON.stringify(mine));
  let recovered = false;
  try {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      try {
        // link() is atomic and never replaces: of several launchers one gets the name, with its content complete.
        await link(draft, file);
        return { recovered, release: () => release(file, mine.token) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = await readHolder(file);
      if (holder && (await isRunning(holder))) {
        throw new StartFailure(
          `Sheaf already runs on the data folder ${dataDir} (process ${holder.pid}); stop it first, or name another folder with DATA_DIR.`,
        );
      }
      recovered = true;
      await discard(file, holder);
    }
    throw new StartFailure(
      `The data folder ${dataDir} is being taken by another start at this moment; try again.`,
    );
  } finally {
    await rm(draft, { force: true });
  }
}

async function readHolder(file: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Holder;
  } catch {
    return null;
  }
}

async function isRunning(holder: Holder): Promise<boolean> {
  const mark = await startMark(holder.pid);
  return mark !== null && mark === holder.startMark;
}

/** Removes the lock that was judged stale, and puts it back if another launcher had replaced it in between. */
async function discard(file: string, judged: Holder | null): Promise<void> {
  const aside = `${file}.stale-${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const taken = await readHolder(aside);
  if (taken?.token !== judged?.token) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function release(file: string, token: string): Promise<void> {
  if ((await readHolder(file))?.token === token) await rm(file, { force: true });
}

import { chmod, mkdir, rm, stat, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import { diskFull, explain, noWritePermission, StartFailure } from "./failure.ts";

/** A first start writes about 60 MB of database. With less than this it would soon fail half-way. */
export const MIN_FREE_BYTES = 200_000_000;

/**
 * Creates the data folder and tests that it is writable.
 * Throws a StartFailure for missing permission, a file of that name, or a disk that is (nearly) full.
 */
export async function prepareDataFolder(dataDir: string, minFreeBytes = MIN_FREE_BYTES): Promise<void> {
  try {
    await ensureFolder(dataDir);
    await ensureFolder(path.join(dataDir, "logs"));
    const probe = path.join(dataDir, `.probe-${process.pid}`);
    await writeFile(probe, "x");
    await rm(probe);
    // As root, PostgreSQL runs under another account, which must pass through to its folder below.
    if (process.getuid?.() === 0) await chmod(dataDir, (await stat(dataDir)).mode | 0o011);
  } catch (error) {
    if (await isFile(dataDir)) {
      throw new StartFailure(`The data folder ${dataDir} is not a folder; name another one with DATA_DIR.`);
    }
    throw explain(error, `use the data folder ${dataDir}`, dataDir);
  }
  await requireFreeSpace(dataDir, minFreeBytes);
}

/**
 * Creates a folder and its missing parents. Not `mkdir` with `recursive`, which never returns where the parent exists
 * and still answers "no such folder" (as /proc does).
 */
export async function ensureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const there = await stat(folder).catch(() => null);
    if (there?.isDirectory()) return;
    const parent = path.dirname(folder);
    const parentExists = await stat(parent).then(
      () => true,
      () => false,
    );
    if (code !== "ENOENT" || parent === folder || parentExists) {
      throw code === "ENOENT" ? noWritePermission(parent) : error;
    }
    await ensureFolder(parent);
    await mkdir(folder);
  }
}

/** Throws the failure of a full disk, with figures, if fewer bytes are free. */
export async function requireFreeSpace(folder: string, minFreeBytes: number): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(folder);
  const freeBytes = bavail * bsize;
  // Some network and overlay file systems report no size: then the first write decides.
  if (blocks === 0 || freeBytes >= minFreeBytes) return;
  if (freeBytes === 0) throw diskFull(folder);
  throw new StartFailure(
    `The disk is nearly full: ${Math.floor(freeBytes / 1_000_000)} MB are free in ${folder}, and Sheaf needs ${Math.ceil(minFreeBytes / 1_000_000)} MB to start.`,
  );
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => !found.isDirectory(),
    () => false,
  );
}

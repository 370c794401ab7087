import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { AppError } from "#lib/errors/index.ts";
import { storage } from "#lib/storage/index.ts";

/** Stored files that are being drawn from lie on this machine for a while: pages are looked at one after the other. */
const IDLE_MS = 5 * 60_000;
/** All of them together; the one in use longest ago goes first. */
const MOST_BYTES = 1024 ** 3;
/** A larger file is not copied for a look at a page. */
const MOST_FILE_BYTES = 512 * 1024 ** 2;

interface Copy {
  path: Promise<string>;
  sizeBytes: number;
  users: number;
  usedAt: number;
}
/** By key, those used longest ago first. */
const copies = new Map<string, Copy>();
let folder: Promise<string> | undefined;
let serial = 0;

/** Runs `work` with a copy of a stored file. */
export async function withCopy<Result>(
  { key, sizeBytes }: { key: string; sizeBytes: number },
  work: (path: string) => Promise<Result>,
): Promise<Result> {
  if (sizeBytes > MOST_FILE_BYTES)
    throw new AppError("not_found", "Too large to be drawn", { reason: "document" });
  const copy = copies.get(key) ?? { path: fetchCopy(key), sizeBytes, users: 0, usedAt: 0 };
  copies.delete(key);
  copies.set(key, copy);
  copy.users += 1;
  try {
    return await work(await copy.path);
  } catch (error) {
    // what could not be fetched may be fetched next time
    copy.path.catch(() => copies.get(key) === copy && copies.delete(key));
    throw error;
  } finally {
    copy.users -= 1;
    copy.usedAt = Date.now();
    clear();
  }
}

async function fetchCopy(key: string): Promise<string> {
  folder ??= mkdtemp(join(tmpdir(), "sheaf-pages-"));
  const path = join(await folder, String((serial += 1)));
  await pipeline(await storage.stream(key), createWriteStream(path));
  return path;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Removes copies that nobody uses, when they are old or too many. */
function clear(): void {
  let total = [...copies.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const before = Date.now() - IDLE_MS;
  for (const [key, copy] of copies) {
    if (copy.users > 0 || (copy.usedAt > before && total <= MOST_BYTES)) continue;
    copies.delete(key);
    total -= copy.sizeBytes;
    copy.path.then((path) => rm(path, { force: true })).catch(() => undefined);
  }
  clearTimeout(timer);
  if (copies.size > 0) timer = setTimeout(clear, IDLE_MS).unref();
}

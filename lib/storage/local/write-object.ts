import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "#lib/errors/index.ts";
import { asStorageError, isMissing } from "./disk-error.ts";
import { encodeTrailer, type ObjectMetadata } from "./object-file.ts";

/** Small chunks from a socket are gathered to this size before a write, which saves trips to the thread pool. */
const WRITE_BYTES = 1024 ** 2;

interface ExpectedBody {
  sizeBytes?: number | undefined;
  sha256?: string | undefined;
}

/** Makes new names in a directory survive a power cut. Windows has no such call; its file systems journal names. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a directory with its parents, each new name made durable. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let created = path; created.length >= first.length; created = dirname(created)) {
    await syncDirectory(dirname(created));
  }
}

/** Renames a finished file to its target. Tries again when a deletion removed the empty folder in between. */
async function publish(temporary: string, target: string, createFolder: boolean): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    if (createFolder) await makeDirectory(dirname(target));
    try {
      await rename(temporary, target);
      return await syncDirectory(dirname(target));
    } catch (error) {
      if (!isMissing(error) || !createFolder || attempt === 5) throw error;
    }
  }
}

async function writeFully(handle: FileHandle, chunks: Buffer[]): Promise<void> {
  let pending = chunks;
  while (pending.length > 0) {
    const { bytesWritten } = await handle.writev(pending);
    let skip = bytesWritten;
    while (pending.length > 0 && skip >= pending[0]!.length) {
      skip -= pending[0]!.length;
      pending = pending.slice(1);
    }
    if (skip > 0) pending = [pending[0]!.subarray(skip), ...pending.slice(1)];
  }
}

async function writeBody(
  handle: FileHandle,
  body: AsyncIterable<Buffer> | Iterable<Buffer>,
  expected: ExpectedBody,
): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let gathered: Buffer[] = [];
  let gatheredBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (expected.sizeBytes !== undefined && sizeBytes > expected.sizeBytes) break;
    hash.update(chunk);
    gathered.push(chunk);
    gatheredBytes += chunk.length;
    if (gatheredBytes >= WRITE_BYTES) {
      await writeFully(handle, gathered);
      gathered = [];
      gatheredBytes = 0;
    }
  }
  await writeFully(handle, gathered);
  if (expected.sizeBytes !== undefined && sizeBytes !== expected.sizeBytes) {
    throw new AppError("content_mismatch", "The body has another length than was announced", {
      reason: "length",
    });
  }
  const sha256 = hash.digest("hex");
  if (expected.sha256 !== undefined && sha256 !== expected.sha256) {
    throw new AppError("content_mismatch", "The body has another SHA-256 than was announced", {
      reason: "checksum",
    });
  }
  return { sizeBytes, sha256 };
}

/**
 * Stores a body as the object file `target`. It is written and synced under another name and then renamed, so readers
 * see the old object or the whole new one. A failure leaves nothing behind; after success a power cut loses nothing.
 * Throws `content_mismatch` for another length or digest than expected, `upstream_unavailable` for a full disk.
 */
export async function writeObject(options: {
  temporaryDirectory: string;
  target: string;
  body: AsyncIterable<Buffer> | Iterable<Buffer>;
  contentType: string;
  expected?: ExpectedBody;
  /** False for parts: their folder exists while the upload is open, and an aborted upload must not come back. */
  createFolder?: boolean;
}): Promise<ObjectMetadata> {
  const temporary = join(options.temporaryDirectory, randomUUID());
  try {
    await makeDirectory(options.temporaryDirectory);
    const handle = await open(temporary, "wx", 0o600);
    let metadata: ObjectMetadata;
    try {
      const body = await writeBody(handle, options.body, options.expected ?? {});
      metadata = { ...body, contentType: options.contentType };
      await writeFully(handle, [encodeTrailer(metadata)]);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await publish(temporary, options.target, options.createFolder ?? true);
    return metadata;
  } catch (error) {
    await rm(temporary, { force: true });
    throw asStorageError(error);
  }
}

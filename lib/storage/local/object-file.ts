import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { AppError } from "#lib/errors/index.ts";
import type { ObjectStat } from "../types.ts";
import { asStorageError, isMissing } from "./disk-error.ts";

/**
 * An object is one file: its bytes, then a trailer of fixed length with their metadata. One file is one rename, so
 * content and metadata cannot disagree. The object's size is the file's size minus a constant. The trailer repeats the
 * length, so a file that a bad disk or copy cut short is noticed.
 */
export const TRAILER_BYTES = 512;
const MAGIC = "\n%sheaf-object ";

export interface ObjectMetadata {
  sizeBytes: number;
  sha256: string;
  contentType: string;
}

export function encodeTrailer(metadata: ObjectMetadata): Buffer {
  const text = `${MAGIC}${JSON.stringify(metadata)}`;
  if (Buffer.byteLength(text) >= TRAILER_BYTES) throw new AppError("internal", "Object metadata is too long");
  return Buffer.from(`${text.padEnd(TRAILER_BYTES - 1)}\n`);
}

function decodeTrailer(trailer: Buffer, fileBytes: number, path: string): ObjectMetadata {
  const text = trailer.toString();
  if (text.startsWith(MAGIC)) {
    const metadata = JSON.parse(text.slice(MAGIC.length)) as ObjectMetadata;
    if (metadata.sizeBytes === fileBytes - TRAILER_BYTES) return metadata;
  }
  throw new AppError("internal", `The stored file ${path} is damaged`);
}

/** An open object; its bytes are positions 0 to `stat.sizeBytes - 1` of `handle`, which the caller closes. */
interface OpenObject {
  handle: FileHandle;
  stat: ObjectStat & { sha256: string; contentType: string };
}

/** Opens a stored file and reads its trailer; null when there is none. Links are not followed. */
export async function openObject(path: string): Promise<OpenObject | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (isMissing(error)) return null;
    throw asStorageError(error);
  }
  try {
    const { size, mtime } = await handle.stat();
    const trailer = Buffer.alloc(TRAILER_BYTES);
    await handle.read(trailer, 0, TRAILER_BYTES, Math.max(0, size - TRAILER_BYTES));
    return { handle, stat: { ...decodeTrailer(trailer, size, path), modifiedAt: mtime } };
  } catch (error) {
    await handle.close();
    throw asStorageError(error);
  }
}

export async function statObject(path: string): Promise<OpenObject["stat"] | null> {
  const object = await openObject(path);
  await object?.handle.close();
  return object && object.stat;
}

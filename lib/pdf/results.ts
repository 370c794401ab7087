import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";
import { open, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { maxThumbnailBytes, textFileName, thumbnailFileName } from "./limits.ts";

/** Moves the text into `outDir` if it is valid. Null if there is none. */
export async function takeText(workDir: string, outDir: string, maxBytes: number): Promise<string | null> {
  const bytes = await readBounded(join(workDir, textFileName), maxBytes);
  if (!bytes || !isUtf8(bytes)) return null;
  const path = join(outDir, textFileName);
  await rename(join(workDir, textFileName), path);
  return path;
}

/** Keeps the pages that were finished before the process ended and drops the unfinished one. */
export async function salvageText(
  workDir: string,
  outDir: string,
  maxBytes: number,
): Promise<{ textPath: string; pages: number } | null> {
  const bytes = await readBounded(join(workDir, textFileName), maxBytes);
  const end = bytes?.lastIndexOf("\f") ?? -1;
  if (!bytes || end < 0) return null;
  const finished = bytes.subarray(0, end);
  if (!isUtf8(finished)) return null;
  const textPath = join(outDir, textFileName);
  await writeFile(textPath, finished);
  return { textPath, pages: finished.reduce((count, byte) => count + Number(byte === 0x0c), 1) };
}

/** Moves the thumbnail into `outDir` if it is a WebP file within the limit. Null otherwise. */
export async function takeThumbnail(workDir: string, outDir: string): Promise<string | null> {
  const bytes = await readBounded(join(workDir, thumbnailFileName), maxThumbnailBytes);
  if (bytes?.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WEBP") return null;
  const path = join(outDir, thumbnailFileName);
  await rename(join(workDir, thumbnailFileName), path);
  return path;
}

/** Null for anything but a plain file within the limit: an untrusted process wrote the folder. */
export async function readBounded(path: string, limitBytes: number): Promise<Buffer | null> {
  // No links, which would be read with the parent's rights, and no pipes, which would block.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch(() => null);
  if (!file) return null;
  try {
    const stat = await file.stat();
    return stat.isFile() && stat.size <= limitBytes ? await file.readFile() : null;
  } finally {
    await file.close();
  }
}

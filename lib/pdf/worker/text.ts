import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type Job, textFileName } from "../limits.ts";
import type { DoneMessage } from "../messages.ts";
import { decodeText, detectEncoding } from "../text-encoding.ts";
import { JobFailure } from "./report.ts";
import { cleanText, TextOutput } from "./text-output.ts";
import { drawText } from "./text-drawing.ts";
import { loadSharp, writeThumbnail } from "./thumbnail.ts";

/** Reads a text, which has no pages. The result says when text beyond the limit is left out. */
export async function processText(job: Job): Promise<DoneMessage> {
  const { bytes, isWhole } = readHead(job.sourcePath, job.maxTextBytes);
  const encoding = detectEncoding(bytes, isWhole);
  if (!encoding) throw new JobFailure("damaged", "The file is not text in an encoding we know.");
  // A character may take more bytes in UTF-8 than before.
  const decoded = cleanText(decodeText(bytes, encoding));
  const text = fitBytes(decoded, job.maxTextBytes);
  new TextOutput(join(job.outDir, textFileName), job.maxTextBytes).addPage(text);

  const sharp = await loadSharp("image/svg+xml");
  const drawing = drawText(text.slice(0, 20_000), job.contentType);
  await writeThumbnail(job.outDir, sharp(Buffer.from(drawing)));
  const isCut = !isWhole || text.length < decoded.length;
  return { type: "done", pageCount: null, stopped: isCut ? { reason: "size", atPage: 1 } : undefined };
}

export function readHead(path: string, limitBytes: number): { bytes: Buffer; isWhole: boolean } {
  const fd = openSync(path, "r");
  try {
    const sizeBytes = fstatSync(fd).size;
    const bytes = Buffer.alloc(Math.min(sizeBytes, limitBytes));
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(fd, bytes, done, bytes.length - done, done);
      if (count === 0) break;
      done += count;
    }
    return { bytes: bytes.subarray(0, done), isWhole: sizeBytes <= limitBytes };
  } finally {
    closeSync(fd);
  }
}

function fitBytes(text: string, limitBytes: number): string {
  if (Buffer.byteLength(text) <= limitBytes) return text;
  return decodeText(Buffer.from(text).subarray(0, limitBytes), "utf-8");
}

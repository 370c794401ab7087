import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { env } from "#lib/env/index.ts";
import { childCommand } from "./child.ts";
import { maxTextBytes } from "./limits.ts";
import type { DoneMessage, OpenedMessage } from "./messages.ts";
import { salvageText, takeText, takeThumbnail } from "./results.ts";
import { type Outcome, supervise } from "./supervise.ts";

export { drawCard, drawPages, type DrawResult, type Picture } from "./draw.ts";
export { sniffContentType } from "./sniff.ts";

/** Why reading stopped before the end. `size`: more text than is kept; `damaged`: the rest is unreadable. */
export type PartialReason = "pages" | "time" | "memory" | "size" | "damaged";

export type ProcessResult =
  | {
      ok: true;
      /** Pages of the whole document, read or not. Null for text. */
      pageCount: number | null;
      /** UTF-8 with line feeds, and a form feed between pages. Null for images. */
      textPath: string | null;
      /** WebP, 480 pixels wide unless the image is smaller or very tall. Null if the first page can't be shown. */
      thumbnailPath: string | null;
      /** Set if reading stopped early. `stoppedAtPage` is the last page with text. */
      partial?: { reason: PartialReason; stoppedAtPage: number };
      /** Upright: pixels of an image, points of a PDF's first page. */
      width?: number;
      height?: number;
    }
  | {
      ok: false;
      reason: "encrypted" | "damaged" | "unsupported" | "timeout" | "memory" | "crashed";
      /** For logs; may quote the library, never the document. */
      detail: string;
    };

export type ProcessLimits = { timeoutSeconds: number; maxPages: number; memoryMb: number; outputMb: number };

/**
 * Reads one stored file in a process of its own: text, thumbnail, page count.
 *
 * The child sees the source, the program, a work folder inside `outDir`, an empty environment and, where the system
 * allows it, no network. Its process group is killed when it exceeds PDF_TIMEOUT_SECONDS or PDF_MEMORY_MB of resident
 * memory (checked on Linux; elsewhere only its heaps are bounded). Pages read by then are kept. It writes no file larger
 * than MAX_PDF_SIZE_MB.
 *
 * Results are `text.txt` and `thumbnail.webp` in `outDir`, which is created if missing; earlier results are replaced.
 * They are checked before they are returned. Throws for a missing source and for an abort (the signal's reason), never
 * for anything in the document. Callers bound the number of concurrent calls, because their memory adds up.
 */
export async function processDocument(o: {
  sourcePath: string;
  contentType: string;
  outDir: string;
  signal?: AbortSignal;
  onProgress?: (progress: { page: number; pages: number }) => void;
  /** Narrower limits than the configured ones. */
  limits?: Partial<ProcessLimits>;
}): Promise<ProcessResult> {
  o.signal?.throwIfAborted();
  const limits = {
    timeoutSeconds: o.limits?.timeoutSeconds ?? env.PDF_TIMEOUT_SECONDS,
    maxPages: o.limits?.maxPages ?? env.MAX_PDF_PAGES,
    memoryMb: o.limits?.memoryMb ?? env.PDF_MEMORY_MB,
    outputMb: o.limits?.outputMb ?? env.MAX_PDF_SIZE_MB,
  };
  const textBytes = Math.min(maxTextBytes, limits.outputMb * 1024 * 1024);
  const sourcePath = await realpath(o.sourcePath);
  await mkdir(o.outDir, { recursive: true });
  const outDir = await realpath(resolve(o.outDir));
  const workDir = await mkdtemp(join(outDir, ".work-"));
  try {
    let opened: OpenedMessage | undefined;
    const outcome = await supervise({
      ...(await childCommand({
        job: {
          ...{ sourcePath, contentType: o.contentType, outDir: workDir },
          ...{ maxPages: limits.maxPages, maxTextBytes: textBytes },
        },
        readPaths: [sourcePath],
        limits,
        hasFonts: o.contentType.startsWith("text/"),
      })),
      timeoutMs: limits.timeoutSeconds * 1000,
      memoryBytes: limits.memoryMb * 1024 * 1024,
      signal: o.signal,
      onOpened: (message) => (opened = message),
      onProgress: o.onProgress,
    });
    o.signal?.throwIfAborted();
    if (outcome.end === "finished" && outcome.message.type === "done") {
      return await collect(outcome.message, workDir, outDir, textBytes);
    }
    return (await salvage(outcome, opened, workDir, outDir, textBytes)) ?? toFailure(outcome);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function collect(
  message: DoneMessage,
  workDir: string,
  outDir: string,
  textBytes: number,
): Promise<ProcessResult> {
  return {
    ok: true,
    pageCount: message.pageCount,
    textPath: await takeText(workDir, outDir, textBytes),
    thumbnailPath: await takeThumbnail(workDir, outDir),
    ...(message.stopped && {
      partial: { reason: message.stopped.reason, stoppedAtPage: message.stopped.atPage },
    }),
    ...(message.width && { width: message.width, height: message.height }),
  };
}

/** Keeps what was read before a limit struck, so that one bad page does not cost the rest. */
async function salvage(
  outcome: Outcome,
  opened: OpenedMessage | undefined,
  workDir: string,
  outDir: string,
  textBytes: number,
): Promise<ProcessResult | null> {
  const reasons = { timeout: "time", memory: "memory", crashed: "damaged" } as const;
  if (!opened || outcome.end === "finished" || outcome.end === "aborted") return null;
  const text = await salvageText(workDir, outDir, textBytes);
  if (!text) return null;
  return {
    ok: true,
    pageCount: opened.pageCount,
    textPath: text.textPath,
    thumbnailPath: await takeThumbnail(workDir, outDir),
    partial: { reason: reasons[outcome.end], stoppedAtPage: text.pages },
    ...(opened.width && { width: opened.width, height: opened.height }),
  };
}

function toFailure(outcome: Outcome): ProcessResult {
  if (outcome.end === "finished" && outcome.message.type === "failed") {
    return { ok: false, reason: outcome.message.reason, detail: outcome.message.detail };
  }
  return outcome.end === "finished" || outcome.end === "aborted"
    ? { ok: false, reason: "crashed", detail: "The process ended without a result." }
    : { ok: false, reason: outcome.end, detail: outcome.detail };
}

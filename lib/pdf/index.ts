import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { env } from "#lib/env/index.ts";
import { getIsolation, isolatedCommand } from "./isolation.ts";
import type { Job } from "./limits.ts";
import type { DoneMessage, OpenedMessage } from "./messages.ts";
import { salvageText, takeText, takeThumbnail } from "./results.ts";
import { type Outcome, supervise } from "./supervise.ts";

export { sniffContentType } from "./sniff.ts";

/** Why reading ended before the end of the document. `size`: more text than is kept; `damaged`: from here on unreadable. */
export type PartialReason = "pages" | "time" | "memory" | "size" | "damaged";

export type ProcessResult =
  | {
      ok: true;
      /** Pages of the whole document, read or not; null for text. */
      pageCount: number | null;
      /** UTF-8, line feeds, a form feed between pages; null for pictures. */
      textPath: string | null;
      /** WebP, 480 pixels wide unless the picture is smaller or very tall. Null if the first page can't be shown. */
      thumbnailPath: string | null;
      /** Set if not everything was read. `stoppedAtPage` is the last page whose text is there. */
      partial?: { reason: PartialReason; stoppedAtPage: number };
      /** Pixels of a picture, points of a PDF's first page; upright. */
      width?: number;
      height?: number;
    }
  | {
      ok: false;
      reason: "encrypted" | "damaged" | "unsupported" | "timeout" | "memory" | "crashed";
      /** For logs; may quote the library, never the document. */
      detail: string;
    };

export type ProcessLimits = { timeoutSeconds: number; maxPages: number; memoryMb: number };

/** Node, the library and the image coder before they have read anything, measured at 140 MB. */
const baseMemoryMb = 160;

/**
 * Reads one stored file in a process of its own: text, thumbnail, page count.
 *
 * The child sees the source, the program and a work folder inside `outDir`, an empty environment and (where the
 * system allows) no network. It is killed with its process group when it exceeds PDF_TIMEOUT_SECONDS or
 * PDF_MEMORY_MB of resident memory (watched on Linux; elsewhere only its heaps are bounded); pages read by then are kept.
 * Results are `text.txt` and `thumbnail.webp` in `outDir` (created if missing, earlier results replaced), checked before
 * they are handed over. Nothing the document does makes this throw; a missing source does, and an abort (with the
 * signal's reason). Memory for concurrent calls adds up: bound their number where you call it.
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
  };
  const sourcePath = await realpath(o.sourcePath);
  await mkdir(o.outDir, { recursive: true });
  const outDir = await realpath(resolve(o.outDir));
  const workDir = await mkdtemp(join(outDir, ".work-"));
  try {
    let opened: OpenedMessage | undefined;
    const outcome = await supervise({
      ...(await childCommand({ sourcePath, contentType: o.contentType, workDir, limits })),
      timeoutMs: limits.timeoutSeconds * 1000,
      memoryBytes: limits.memoryMb * 1024 * 1024,
      signal: o.signal,
      onOpened: (message) => (opened = message),
      onProgress: o.onProgress,
    });
    o.signal?.throwIfAborted();
    if (outcome.end === "finished" && outcome.message.type === "done") {
      return await collect(outcome.message, workDir, outDir);
    }
    return (await salvage(outcome, opened, workDir, outDir)) ?? toFailure(outcome);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function childCommand(o: {
  sourcePath: string;
  contentType: string;
  workDir: string;
  limits: ProcessLimits;
}): Promise<{ command: string[]; env: Record<string, string> }> {
  // Put together piece by piece so that bundlers don't take the child's program for a part of the application.
  const root = /* turbopackIgnore: true */ process.cwd();
  const program = [root, "lib", "pdf", "worker", "main.ts"].join("/");
  const job: Job = {
    sourcePath: o.sourcePath,
    contentType: o.contentType,
    outDir: o.workDir,
    maxPages: o.limits.maxPages,
    heapBytes: Math.max(32, o.limits.memoryMb - baseMemoryMb) * 1024 * 1024,
    lifetimeMs: o.limits.timeoutSeconds * 1000 + 5000,
  };
  const command = isolatedCommand({
    isolation: await getIsolation(),
    root,
    readPaths: [o.sourcePath],
    writePath: o.workDir,
    memoryMb: o.limits.memoryMb,
    script: program,
    args: [JSON.stringify(job)],
  });
  return { command, env: o.contentType.startsWith("text/") ? await fontEnvironment(root, o.workDir) : {} };
}

/** Letters for drawing text: the system's fonts if it has any, and always those that come with the PDF viewer. */
async function fontEnvironment(root: string, workDir: string): Promise<Record<string, string>> {
  const path = join(workDir, "fonts.conf");
  const bundled = [root, "node_modules", "pdfjs-dist", "standard_fonts"].join("/");
  await writeFile(
    path,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>${bundled.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</dir>
<cachedir>${workDir.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}/fonts</cachedir></fontconfig>`,
  );
  return { FONTCONFIG_FILE: path };
}

async function collect(message: DoneMessage, workDir: string, outDir: string): Promise<ProcessResult> {
  return {
    ok: true,
    pageCount: message.pageCount,
    textPath: await takeText(workDir, outDir),
    thumbnailPath: await takeThumbnail(workDir, outDir),
    ...(message.stopped && {
      partial: { reason: message.stopped.reason, stoppedAtPage: message.stopped.atPage },
    }),
    ...(message.width && { width: message.width, height: message.height }),
  };
}

/** What was read before a limit struck is worth keeping: one bad page must not cost the reader the rest. */
async function salvage(
  outcome: Outcome,
  opened: OpenedMessage | undefined,
  workDir: string,
  outDir: string,
): Promise<ProcessResult | null> {
  const reasons = { timeout: "time", memory: "memory", crashed: "damaged" } as const;
  if (!opened || outcome.end === "finished" || outcome.end === "aborted") return null;
  const text = await salvageText(workDir, outDir);
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

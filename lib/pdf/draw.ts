import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "#lib/env/index.ts";
import { childCommand } from "./child.ts";
import { type DrawJob, maxDrawnFiles, maxPictureBytes, pageWidthPixels } from "./limits.ts";
import type { FailedMessage } from "./messages.ts";
import { readBounded } from "./results.ts";
import { supervise } from "./supervise.ts";

/** Whoever looks at a page waits for it. */
const timeoutSeconds = 30;

export interface Picture {
  /** By its place in the sources, and its page, from 1. */
  source: number;
  page: number;
  width: number;
  height: number;
  webp: Buffer;
}

export type DrawResult =
  | { ok: true; pageCount: number }
  | { ok: false; reason: FailedMessage["reason"] | "timeout" | "crashed"; detail: string };

/**
 * Draws pages of stored files as WebP pictures in a process of its own, isolated and bounded as `processDocument` is; the
 * watermark is drawn there, too. Pictures are handed over as soon as each is done, checked to be what they should be. Pages
 * beyond the end, and pages that can't be read, are left out. The page count is the last source's. Throws for a missing
 * source, never for anything in one.
 */
export async function drawPages(o: {
  sources: DrawJob["sources"];
  watermark: string | null;
  widthPixels?: number;
  onPicture: (picture: Picture) => void;
  signal?: AbortSignal;
}): Promise<DrawResult> {
  const sources = await Promise.all(
    o.sources.map(async (source) => ({ ...source, path: await realpath(source.path) })),
  );
  return inFolder(async (outDir) => {
    const reading: Promise<void>[] = [];
    const take = async (source: number, page: number, size: { width: number; height: number }) => {
      const webp = await readBounded(join(outDir, `${source}-${page}.webp`), maxPictureBytes);
      if (webp?.toString("latin1", 0, 4) !== "RIFF" || webp.toString("latin1", 8, 12) !== "WEBP") return;
      o.onPicture({ source, page, ...size, webp });
    };
    const outcome = await run(outDir, {
      job: { sources, card: null, watermark: o.watermark, widthPixels: o.widthPixels ?? pageWidthPixels },
      signal: o.signal,
      onDrawn: ({ source, page, width, height }) => {
        if (reading.length < maxDrawnFiles) reading.push(take(source, page, { width, height }));
      },
    });
    await Promise.all(reading);
    if (outcome.end !== "finished")
      return {
        ok: false,
        reason: outcome.end === "aborted" ? "crashed" : outcome.end,
        detail: outcome.detail,
      };
    const { message } = outcome;
    return message.type === "failed"
      ? { ok: false, reason: message.reason, detail: message.detail }
      : { ok: true, pageCount: message.pageCount ?? 0 };
  });
}

/** Makes a PNG of an SVG of our own, with our fonts. Null where that can't be done. */
export async function drawCard(svg: string): Promise<Buffer | null> {
  return inFolder(async (outDir) => {
    await run(outDir, { job: { sources: [], card: svg, watermark: null, widthPixels: 1 } });
    const png = await readBounded(join(outDir, "card.png"), maxPictureBytes);
    return png?.toString("latin1", 1, 4) === "PNG" ? png : null;
  });
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "sheaf-draw-")));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(
  outDir: string,
  o: {
    job: Pick<DrawJob, "sources" | "card" | "watermark" | "widthPixels">;
    signal?: AbortSignal;
    onDrawn?: Parameters<typeof supervise>[0]["onDrawn"];
  },
) {
  return supervise({
    ...(await childCommand({
      job: { ...o.job, outDir },
      readPaths: o.job.sources.map(({ path }) => path),
      limits: { timeoutSeconds, memoryMb: env.PDF_MEMORY_MB, outputMb: env.MAX_PDF_SIZE_MB },
      hasFonts: true,
      isUrgent: true,
    })),
    timeoutMs: timeoutSeconds * 1000,
    memoryBytes: env.PDF_MEMORY_MB * 1024 * 1024,
    signal: o.signal,
    onDrawn: o.onDrawn,
  });
}

import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { goodPdfs, hostilePdfs } from "#e2e/fixtures/pdfs.ts";
import { processDocument } from "./index.ts";
import { folder, limits, read } from "./test-support.ts";

describe("hostile documents end at a limit and harm no one else", () => {
  const narrow = { timeoutSeconds: 8, maxPages: 50, memoryMb: 400 };

  test.each(Object.entries(hostilePdfs))("%s", async (name, make) => {
    const bytes = make();
    // enough time to show the first page on a busy machine
    const tight = { ...narrow, timeoutSeconds: name === "slow-pages" ? 15 : narrow.timeoutSeconds };
    const started = performance.now();
    const [hostile, good] = await Promise.all([
      read(bytes, undefined, { limits: tight }),
      read(await goodPdfs.letter()),
    ]);
    expect(performance.now() - started).toBeLessThan(tight.timeoutSeconds * 1000 + 3000);
    expect(good.text).toContain("Grüße aus Köln");
    expect(hostile.result).toMatchObject(expectations[name as keyof typeof hostilePdfs]);
    if (!hostile.result.ok) return;
    // Pages read before the limit are kept.
    const pages = hostile.result.partial?.stoppedAtPage ?? hostile.result.pageCount!;
    expect(hostile.text?.split("\f")).toHaveLength(pages);
    expect(hostile.thumbnail?.format).toBe("webp");
  });

  const expectations = {
    "flate-bomb": { ok: false, reason: "memory" },
    "operator-bomb": { ok: false, reason: "memory" },
    "form-bomb": { ok: false, reason: "memory" },
    "slow-pages": { ok: true, pageCount: 501, partial: { reason: "time" } },
    "image-bomb": { ok: true, pageCount: 1 },
    "million-pages": { ok: true, pageCount: 1_000_000, partial: { reason: "pages", stoppedAtPage: 50 } },
    "false-count": { ok: true, pageCount: 1 },
    "cyclic-pages": { ok: true },
    "deep-pages": { ok: false, reason: "damaged" },
    "huge-media-box": { ok: true, pageCount: 1 },
    "sliver-media-box": { ok: true, pageCount: 1 },
    "infinite-media-box": { ok: true, pageCount: 1 },
    "xref-loop": { ok: true, pageCount: 1 },
    "nested-arrays": { ok: true, pageCount: 1 },
    "nested-dictionaries": { ok: true, pageCount: 1 },
  } satisfies Record<keyof typeof hostilePdfs, object>;
});

describe("cancelling", () => {
  test("an abort ends the job with its reason and leaves nothing", async () => {
    const controller = new AbortController();
    const outDir = await mkdtemp(join(folder, "job-"));
    await writeFile(`${outDir}.source`, hostilePdfs["slow-pages"]());
    const job = processDocument({
      sourcePath: `${outDir}.source`,
      contentType: "application/pdf",
      outDir,
      limits,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("no longer wanted")),
    });
    await expect(job).rejects.toThrow("no longer wanted");
    expect(await readdir(outDir)).toEqual([]);
  });

  test("an abort before the start starts nothing", async () => {
    const call = { sourcePath: folder, contentType: "application/pdf", outDir: folder, limits };
    await expect(processDocument({ ...call, signal: AbortSignal.abort(new Error("never")) })).rejects.toThrow(
      "never",
    );
  });

  test("no time at all is a timeout", async () => {
    const { result } = await read(await goodPdfs.letter(), undefined, { limits: { timeoutSeconds: 0.01 } });
    expect(result).toMatchObject({ ok: false, reason: "timeout" });
  });
});

import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  bookPdf,
  chromiumPdf,
  damagedPdfs,
  goodPdfs,
  lockedPdfs,
  writeLargePdf,
} from "#e2e/fixtures/pdfs.ts";
import { processDocument } from "./index.ts";
import { folder, limits, look, read } from "./test-support.ts";

const printed = await chromiumPdf();

describe("PDFs by several producers", () => {
  test("a letter", async () => {
    const { result, text, thumbnail } = await read(await goodPdfs.letter());
    expect(result).toMatchObject({ ok: true, pageCount: 2, width: 595, height: 842 });
    expect(result).not.toHaveProperty("partial");
    expect(text).toBe("Dear reader,\nGrüße aus Köln: die Unterlagen liegen bei.\fThis is the second page.");
    expect(thumbnail).toMatchObject({ format: "webp", width: 480, height: 679 });
  });

  test.each([
    ["classic-xref", "Classic cross-reference table\fPage two\fPage three"],
    ["compressed-xref", "Cross-reference stream"],
    ["open-encrypted", "Behind a password"],
  ] as const)("%s", async (name, expected) => {
    const { result, text, thumbnail } = await read(await goodPdfs[name]());
    expect(result).toMatchObject({ ok: true, pageCount: expected.split("\f").length });
    expect(text).toBe(expected);
    expect(thumbnail?.width).toBe(480);
  });

  test("a scan has pages and a picture but no text", async () => {
    const { result, text, thumbnail } = await read(await goodPdfs.scan());
    expect(result).toMatchObject({ ok: true, pageCount: 2 });
    expect(text).toBe("\f");
    expect(thumbnail?.height).toBe(679);
  });

  test("turned pages are measured and shown upright", async () => {
    const { result, text, thumbnail } = await read(await goodPdfs.rotated());
    expect(result).toMatchObject({ ok: true, pageCount: 4, width: 842, height: 595 });
    expect(text?.split("\f")).toEqual(["Turned by 90", "Turned by 0", "Turned by 180", "Turned by 270"]);
    expect(thumbnail).toMatchObject({ width: 480, height: 339 });
  });

  test.runIf(printed)("a page printed by a browser", async () => {
    const { result, text } = await read(printed!);
    expect(result).toMatchObject({ ok: true, pageCount: 1 });
    expect(text).toContain("Printed by a browser");
    expect(text).toContain("äöü ß — Привет");
  });

  test("300 pages, with progress", async () => {
    const seen: number[] = [];
    const { result, text } = await read(await bookPdf(), "application/pdf", {
      onProgress: ({ page, pages }) => {
        expect(pages).toBe(300);
        seen.push(page);
      },
    });
    expect(result).toMatchObject({ ok: true, pageCount: 300 });
    const pages = text!.split("\f");
    expect(pages).toHaveLength(300);
    pages.forEach((page, index) => expect(page.startsWith(`Heading ${index + 1}\n`)).toBe(true));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect([seen[0], seen.at(-1)]).toEqual([0, 300]);
  });

  test("the page limit says where it stopped", async () => {
    const { result, text } = await read(await bookPdf({ pages: 12 }), undefined, { limits: { maxPages: 5 } });
    expect(result).toMatchObject({ ok: true, pageCount: 12, partial: { reason: "pages", stoppedAtPage: 5 } });
    expect(text?.split("\f")).toHaveLength(5);
  });

  test("a file larger than the memory a job may use", async () => {
    const sourcePath = join(folder, "large.pdf");
    await writeLargePdf(sourcePath, 700 * 1024 * 1024);
    const result = await processDocument({
      sourcePath,
      contentType: "application/pdf",
      outDir: join(folder, "large"),
      limits: { ...limits, memoryMb: 256 },
    });
    expect(result).toMatchObject({ ok: true, pageCount: 3 });
    expect((await look(result)).text).toContain("Page three");
  });

  test("reading again replaces the results", async () => {
    const first = await read(await goodPdfs.letter());
    const source = `${first.outDir}.source`;
    await writeFile(source, await goodPdfs["classic-xref"]());
    const again = { sourcePath: source, contentType: "application/pdf", outDir: first.outDir, limits };
    expect((await look(await processDocument(again))).text).toContain("Page three");
  });
});

describe("PDFs that can't be read", () => {
  test.each(Object.entries(lockedPdfs))("%s", async (_, make) => {
    expect((await read(make())).result).toMatchObject({ ok: false, reason: "encrypted" });
  });

  test.each(["truncated", "garbage"] as const)("%s", async (name) => {
    const { result, outDir } = await read(await damagedPdfs[name]());
    expect(result).toMatchObject({ ok: false, reason: "damaged" });
    expect(await readdir(outDir)).toEqual([]);
  });

  test("an empty file", async () => {
    expect((await read("")).result).toMatchObject({ ok: false, reason: "damaged" });
  });

  test("a wrong cross-reference table is repaired", async () => {
    const { result, text } = await read(await damagedPdfs["broken-xref"]());
    expect(result).toMatchObject({ ok: true, pageCount: 3 });
    expect(text).toContain("Found again");
  });

  test("types that aren't read", async () => {
    expect((await read("x", "application/zip")).result).toMatchObject({ ok: false, reason: "unsupported" });
    expect((await read("<svg/>", "image/svg+xml")).result).toMatchObject({
      ok: false,
      reason: "unsupported",
    });
  });

  test("a missing source is an error of the caller", async () => {
    const call = {
      sourcePath: join(folder, "nothing"),
      contentType: "application/pdf",
      outDir: folder,
      limits,
    };
    await expect(processDocument(call)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { pixelFloodPng } from "#e2e/fixtures/pdfs.ts";
import { read } from "./test-support.ts";

describe("pictures", () => {
  const picture = sharp({ create: { width: 1200, height: 600, channels: 3, background: "#3b6ea5" } });

  test.each(["png", "jpeg", "webp", "gif", "tiff", "avif"] as const)("%s", async (format) => {
    const { result, text, thumbnail } = await read(
      await picture.clone().toFormat(format).toBuffer(),
      `image/${format}`,
    );
    expect(result).toMatchObject({ ok: true, pageCount: 1, textPath: null, width: 1200, height: 600 });
    expect(text).toBeNull();
    expect(thumbnail).toMatchObject({ format: "webp", width: 480, height: 240 });
  });

  test("a photo is turned as its camera was held", async () => {
    const turned = await picture.clone().jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const { result, thumbnail } = await read(turned, "image/jpeg");
    expect(result).toMatchObject({ width: 600, height: 1200 });
    expect(thumbnail).toMatchObject({ width: 480, height: 960 });
  });

  test("one format under another's name is refused", async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
    expect((await read(svg, "image/png")).result).toMatchObject({ ok: false, reason: "damaged" });
    expect((await read(await picture.clone().png().toBuffer(), "image/jpeg")).result).toMatchObject({
      ok: false,
    });
  });

  test("a cut picture is damaged, a pixel flood is refused", async () => {
    const noise = await sharp({
      create: {
        width: 800,
        height: 800,
        channels: 3,
        noise: { type: "gaussian", mean: 128, sigma: 30 },
        background: "#fff",
      },
    })
      .png()
      .toBuffer();
    expect((await read(noise.subarray(0, noise.length / 2), "image/png")).result).toMatchObject({
      ok: false,
      reason: "damaged",
    });
    expect((await read(pixelFloodPng(), "image/png")).result).toMatchObject({
      ok: false,
      reason: "unsupported",
    });
  });
});

describe("text", () => {
  test.each([
    ["text/plain", Buffer.from("Ein Brief\r\nmit zwei Zeilen"), "Ein Brief\nmit zwei Zeilen"],
    ["text/markdown", Buffer.from("# Title\n\nWords & <tags>"), "# Title\n\nWords & <tags>"],
    ["text/csv", Buffer.from("Name;Straße\nMüller;5\n", "latin1"), "Name;Straße\nMüller;5\n"],
    ["text/plain", Buffer.from("\uFEFFGrüße", "utf16le"), "Grüße"],
    ["text/plain", Buffer.alloc(0), ""],
  ])("%s", async (contentType, bytes, expected) => {
    const { result, text, thumbnail } = await read(bytes, contentType);
    expect(result).toMatchObject({ ok: true, pageCount: null });
    expect(text).toBe(expected);
    expect(thumbnail).toMatchObject({ format: "webp", width: 480, height: 640 });
  });

  test("the thumbnail shows something", async () => {
    const { result } = await read("Letters in ink\n".repeat(10), "text/plain");
    const { channels } = await sharp(result.ok ? result.thumbnailPath! : "").stats();
    expect(channels[0]!.min).toBeLessThan(120);
  });

  test("binary under a text type is damaged", async () => {
    expect((await read(Buffer.alloc(500), "text/plain")).result).toMatchObject({
      ok: false,
      reason: "damaged",
    });
  });

  test("more than a job's output may have is cut and said to be", async () => {
    const limits = { outputMb: 1 };
    const { result, text } = await read("äöü 123456\n".repeat(100_000), "text/plain", { limits });
    expect(result).toMatchObject({ ok: true, partial: { reason: "size" } });
    expect(Buffer.byteLength(text!)).toBeGreaterThan(1024 * 1024 - 4);
    expect(Buffer.byteLength(text!)).toBeLessThanOrEqual(1024 * 1024);
  });

  test("more than 20 MB is cut and said to be", async () => {
    const { result, text } = await read("äöü 123456\n".repeat(2_000_000), "text/plain");
    expect(result).toMatchObject({ ok: true, partial: { reason: "size" } });
    expect(Buffer.byteLength(text!)).toBeGreaterThan(20 * 1024 * 1024 - 4);
    expect(Buffer.byteLength(text!)).toBeLessThanOrEqual(20 * 1024 * 1024);
    expect(text).not.toContain("\ufffd");
  });
});

import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { bookPdf, hostilePdfs } from "#e2e/fixtures/pdfs.ts";
import { drawCard, drawPages, type Picture } from "./index.ts";
import { folder } from "./test-support.ts";

async function drawn(
  bytes: Buffer | string,
  contentType: string,
  {
    watermark = null,
    first = 1,
    count = 4,
  }: { watermark?: string | null; first?: number; count?: number } = {},
) {
  const path = join(await mkdtemp(join(folder, "draw-")), "source");
  await writeFile(path, bytes);
  const pictures: Picture[] = [];
  const result = await drawPages({
    sources: [{ path, contentType, first, count }],
    watermark,
    onPicture: (picture) => pictures.push(picture),
  });
  return { result, pictures };
}

/** How much of a picture is neither paper nor ink: what a mark adds. */
async function greys({ webp }: Picture): Promise<number> {
  const { data } = await sharp(webp).greyscale().raw().toBuffer({ resolveWithObject: true });
  return data.filter((value) => value > 190 && value < 235).length / data.length;
}

describe("pages", () => {
  it("of a PDF are drawn in the order asked for, those that there are", async () => {
    const book = await bookPdf({ pages: 3 });
    const { result, pictures } = await drawn(book, "application/pdf", { first: 2 });
    expect(result).toEqual({ ok: true, pageCount: 3 });
    expect(pictures.map(({ page }) => page).toSorted()).toEqual([2, 3]);
    const { format, width, height } = await sharp(pictures[0]!.webp).metadata();
    expect([format, width, height]).toEqual(["webp", pictures[0]!.width, pictures[0]!.height]);
    expect(width).toBe(1440);
  });

  it("carry the mark in their pixels, on white paper as on a dark photograph", async () => {
    const book = await bookPdf({ pages: 1 });
    const [plain, marked] = [
      await drawn(book, "application/pdf"),
      await drawn(book, "application/pdf", { watermark: "Carla Ito · 2026-12-01" }),
    ];
    expect(await greys(marked.pictures[0]!)).toBeGreaterThan((await greys(plain.pictures[0]!)) + 0.01);
    const night = await sharp({ create: { width: 800, height: 600, channels: 3, background: "#05060a" } })
      .png()
      .toBuffer();
    const photo = await drawn(night, "image/png", { watermark: "Carla Ito" });
    const { channels } = await sharp(photo.pictures[0]!.webp).stats();
    expect(channels[0]!.max).toBeGreaterThan(30);
  });

  it("are marked whatever the name is made of", async () => {
    const book = await bookPdf({ pages: 1 });
    for (const watermark of [
      `</text><image href="file:///etc/passwd"/>&`,
      "名前",
      "\u202e\0",
      "m".repeat(60),
    ]) {
      const { result, pictures } = await drawn(book, "application/pdf", { watermark });
      expect([watermark, result.ok, pictures.length]).toEqual([watermark, true, 1]);
    }
  });

  it("of texts and tables hold all of it, and pages of a TIFF are its own", async () => {
    const text = Array.from({ length: 200 }, (_, line) => `Line ${line}`).join("\n");
    const plain = await drawn(text, "text/plain", { count: 2 });
    expect(plain.result).toEqual({ ok: true, pageCount: 7 });
    expect(plain.pictures).toHaveLength(2);
    const rows = Array.from({ length: 100 }, (_, row) => `${row},a remark`).join("\n");
    const table = await drawn(`number,remark\n${rows}`, "text/csv", { count: 1 });
    expect(table.result).toMatchObject({ ok: true, pageCount: 4 });
    const sheet = sharp({ create: { width: 40, height: 40, channels: 3, background: "#aa3300" } });
    expect((await drawn(await sheet.tiff().toBuffer(), "image/tiff")).result).toEqual({
      ok: true,
      pageCount: 1,
    });
  });

  it("of what is no such file are none, and say why", async () => {
    expect((await drawn("%PDF-1.7 nothing", "application/pdf")).result).toMatchObject({
      ok: false,
      reason: "damaged",
    });
    const svg = `<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>`;
    for (const type of ["image/png", "image/webp", "image/svg+xml"])
      expect([type, (await drawn(svg, type)).result.ok]).toEqual([type, false]);
  });

  it("of hostile files end at the limits", async () => {
    const ended = await Promise.all(
      Object.values(hostilePdfs).map(async (make) => drawn(await make(), "application/pdf", { count: 1 })),
    );
    for (const { result } of ended) expect(typeof result.ok).toBe("boolean");
  }, 120_000);
});

it("a card is a PNG of its size", async () => {
  const png = await drawCard(
    `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><text y="99">Sheaf</text></svg>`,
  );
  expect(await sharp(png!).metadata()).toMatchObject({ format: "png", width: 1200, height: 630 });
  expect(await drawCard("no drawing")).toBeNull();
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type DrawJob,
  type DrawSource,
  maxImagePixels,
  maxTextPages,
  pageMaxHeightPixels,
} from "../limits.ts";
import type { DoneMessage } from "../messages.ts";
import { decodeText, detectEncoding } from "../text-encoding.ts";
import { fitWithin } from "./fit.ts";
import { explainTrap, openPdf } from "./pdfium.ts";
import { JobFailure, send } from "./report.ts";
import { drawTextPages } from "./text-drawing.ts";
import { readHead } from "./text.ts";
import { cleanText } from "./text-output.ts";
import { isLoadable, loadSharp, readOptions } from "./thumbnail.ts";
import { addWatermark } from "./watermark.ts";

/** Pixels as they come out of any decoder: from here on nothing of the file is left but its colours. */
interface Picture {
  width: number;
  height: number;
  pixels: Buffer;
  channels: 3 | 4;
}

/** Draws pages as pictures, each reported as soon as it is written. The last word tells how many pages there are. */
export async function draw(job: DrawJob): Promise<DoneMessage> {
  if (job.card !== null) {
    const sharp = await loadSharp("image/svg+xml");
    await sharp(Buffer.from(job.card))
      .png({ compressionLevel: 9, palette: true })
      .toFile(join(job.outDir, "card.png"));
    return { type: "done", pageCount: null };
  }
  let pageCount = 0;
  for (const [index, source] of job.sources.entries()) pageCount = await drawSource(job, source, index);
  return { type: "done", pageCount };
}

async function drawSource(job: DrawJob, source: DrawSource, index: number): Promise<number> {
  const { pageCount, pictureOf } = await open(job, source);
  const end = Math.min(pageCount, source.first + source.count - 1);
  for (let page = source.first; page <= end; page++) {
    const picture = await pictureOf(page);
    // a page that can't be read is left out; whoever asked for it is told so
    if (picture) await write(job, picture, index, page);
  }
  return pageCount;
}

interface Opened {
  pageCount: number;
  pictureOf(page: number): Promise<Picture | null>;
}

function open(job: DrawJob, source: DrawSource): Promise<Opened> {
  if (source.contentType === "application/pdf") return openPages(job, source);
  if (source.contentType.startsWith("text/")) return openText(job, source);
  return openImage(job, source);
}

async function openPages(job: DrawJob, { path }: DrawSource): Promise<Opened> {
  try {
    const pdf = await openPdf(path, job.heapBytes);
    return {
      pageCount: pdf.pageCount,
      async pictureOf(page) {
        try {
          const drawn = pdf.renderPage(page - 1, (size) => fitWithin(size, mostOf(job)));
          return drawn && { width: drawn.width, height: drawn.height, pixels: drawn.rgba, channels: 4 };
        } catch (error) {
          throw explainTrap(error);
        }
      },
    };
  } catch (error) {
    throw explainTrap(error);
  }
}

/** Far more than anybody looks through as pictures. */
const mostTextBytes = 4 * 1024 * 1024;

async function openText(job: DrawJob, { path, contentType }: DrawSource): Promise<Opened> {
  const { bytes, isWhole } = readHead(path, mostTextBytes);
  const encoding = detectEncoding(bytes, isWhole);
  if (!encoding) throw new JobFailure("damaged", "The file is not text in an encoding we know.");
  const pages = drawTextPages(cleanText(decodeText(bytes, encoding)), contentType, maxTextPages);
  return {
    pageCount: pages.length,
    async pictureOf(page) {
      const sharp = await loadSharp("image/svg+xml");
      // an SVG of 480 points at this density is as wide as it is to be
      const density = (72 * job.widthPixels) / 480;
      return toPicture(sharp(Buffer.from(pages[page - 1]!), { density }).resize({ width: job.widthPixels }));
    },
  };
}

async function openImage(job: DrawJob, { path, contentType }: DrawSource): Promise<Opened> {
  if (!isLoadable(contentType) || contentType === "image/svg+xml")
    throw new JobFailure("unsupported", `Files of type ${contentType.slice(0, 100)} are not drawn.`);
  const load = async (options: object) =>
    (await loadSharp(contentType))(path, { ...readOptions, ...options });
  try {
    const { pages = 1, autoOrient } = await (await load({})).metadata();
    if (autoOrient.width * autoOrient.height > maxImagePixels)
      throw new JobFailure("unsupported", "The picture has too many pixels.");
    return {
      // frames of an animation are not pages
      pageCount: contentType === "image/tiff" ? pages : 1,
      async pictureOf(page) {
        const image = await load(contentType === "image/tiff" ? { page: page - 1 } : {});
        return toPicture(
          image.autoOrient().resize({ ...mostOf(job), fit: "inside", withoutEnlargement: true }),
        );
      },
    };
  } catch (error) {
    if (error instanceof JobFailure) throw error;
    throw new JobFailure("damaged", `The picture could not be read: ${String(error).slice(0, 200)}`);
  }
}

const mostOf = ({ widthPixels }: DrawJob) => ({ width: widthPixels, height: pageMaxHeightPixels });

async function toPicture(image: import("sharp").Sharp): Promise<Picture> {
  const { data, info } = await image
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: data, channels: 3 };
}

/** Marks and stores a picture. By then the loader of the file's own type is blocked again: the mark is an SVG of ours. */
async function write(job: DrawJob, picture: Picture, source: number, page: number): Promise<void> {
  const { width, height, pixels, channels } = picture;
  const sharp = await loadSharp();
  const image = sharp(pixels, { raw: { width, height, channels } });
  const marked = job.watermark === null ? image : await addWatermark(image, job.watermark, { width, height });
  const bytes = await marked.flatten({ background: "#ffffff" }).webp({ quality: 80, effort: 1 }).toBuffer();
  writeFileSync(join(job.outDir, `${source}-${page}.webp`), bytes);
  send({ type: "drawn", source, page, width, height });
}

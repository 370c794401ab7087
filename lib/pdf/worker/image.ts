import { type Job, maxImagePixels } from "../limits.ts";
import type { DoneMessage } from "../messages.ts";
import { JobFailure } from "./report.ts";
import { type LoadableType, loadSharp, readOptions, writeThumbnail } from "./thumbnail.ts";

/** Pages are those of a TIFF; frames of an animation are not pages. Sizes are pixels, upright. */
export async function processImage(job: Job, type: LoadableType): Promise<DoneMessage> {
  const sharp = await loadSharp(type);
  try {
    const { pages, autoOrient } = await sharp(job.sourcePath, readOptions).metadata();
    if (autoOrient.width * autoOrient.height > maxImagePixels) {
      throw new JobFailure(
        "unsupported",
        `The picture has more than ${maxImagePixels / 1e6} million pixels.`,
      );
    }
    await writeThumbnail(job.outDir, sharp(job.sourcePath, readOptions));
    return {
      type: "done",
      pageCount: type === "image/tiff" ? (pages ?? 1) : 1,
      width: autoOrient.width,
      height: autoOrient.height,
    };
  } catch (error) {
    if (error instanceof JobFailure) throw error;
    const text = error instanceof Error ? error.message : String(error);
    if (/pixel limit/i.test(text)) throw new JobFailure("unsupported", "The picture has too many pixels.");
    throw new JobFailure("damaged", `The picture could not be read: ${text.slice(0, 200)}`);
  }
}

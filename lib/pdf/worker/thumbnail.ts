import { join } from "node:path";
import type { Sharp } from "sharp";
import {
  maxImagePixels,
  thumbnailFileName,
  thumbnailMaxHeightPixels,
  thumbnailWidthPixels,
} from "../limits.ts";

/** libvips loaders by type. All others stay blocked, so that a file is read only as its declared type. */
const loaders = {
  "image/png": "VipsForeignLoadPng",
  "image/jpeg": "VipsForeignLoadJpeg",
  "image/webp": "VipsForeignLoadWebp",
  "image/gif": "VipsForeignLoadNsgif",
  "image/tiff": "VipsForeignLoadTiff",
  "image/avif": "VipsForeignLoadHeif",
  "image/svg+xml": "VipsForeignLoadSvg",
} as const;
export type LoadableType = keyof typeof loaders;
export const isLoadable = (type: string): type is LoadableType => Object.hasOwn(loaders, type);

/** sharp, limited to the given type. Loaded late, so that a job that fails early does not pay for it. */
export async function loadSharp(type?: LoadableType) {
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ["VipsForeignLoad"] });
  if (type) sharp.unblock({ operation: [loaders[type]] });
  return sharp;
}

export const readOptions = {
  limitInputPixels: maxImagePixels,
  failOn: "error",
  sequentialRead: true,
} as const;

/** Stores the image upright on white. Small images stay small. */
export async function writeThumbnail(outDir: string, image: Sharp): Promise<void> {
  await image
    .autoOrient()
    .resize({
      width: thumbnailWidthPixels,
      height: thumbnailMaxHeightPixels,
      fit: "inside",
      withoutEnlargement: true,
    })
    .flatten({ background: "#ffffff" })
    .webp({ quality: 80 })
    .toFile(join(outDir, thumbnailFileName));
}

export async function writePixels(
  outDir: string,
  picture: { width: number; height: number; rgba: Buffer },
): Promise<void> {
  const sharp = await loadSharp();
  const { width, height } = picture;
  await writeThumbnail(outDir, sharp(picture.rgba, { raw: { width, height, channels: 4 } }));
}

import { thumbnailMaxHeightPixels, thumbnailWidthPixels } from "../limits.ts";

type Size = { width: number; height: number };

/** The size in pixels of what is to be so wide, less if that would be too tall, at least 1. */
export function fitWithin(size: Size, most: Size): Size {
  const scale = Math.min(most.width / size.width, most.height / size.height);
  const fit = (length: number, limit: number) => Math.min(limit, Math.max(1, Math.round(length * scale)));
  return { width: fit(size.width, most.width), height: fit(size.height, most.height) };
}

/** The size of a thumbnail: 480 pixels wide, less if that would be too tall. */
export const fitThumbnail = (size: Size): Size =>
  fitWithin(size, { width: thumbnailWidthPixels, height: thumbnailMaxHeightPixels });

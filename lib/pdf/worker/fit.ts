import { thumbnailMaxHeightPixels, thumbnailWidthPixels } from "../limits.ts";

/** Pixels of a thumbnail of something this large: 480 wide, less if that would make it too tall, never below 1. */
export function fitThumbnail(size: { width: number; height: number }): { width: number; height: number } {
  const scale = Math.min(thumbnailWidthPixels / size.width, thumbnailMaxHeightPixels / size.height);
  const fit = (length: number, limit: number) => Math.min(limit, Math.max(1, Math.round(length * scale)));
  return {
    width: fit(size.width, thumbnailWidthPixels),
    height: fit(size.height, thumbnailMaxHeightPixels),
  };
}

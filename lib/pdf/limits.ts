/** Bounds shared by the parent and the child process. No imports: the child loads this file under its own rules. */

export const textFileName = "text.txt";
export const thumbnailFileName = "thumbnail.webp";

/** A thousand dense pages are about 5 MB; more than 20 MB is no use to a search index. */
export const maxTextBytes = 20 * 1024 * 1024;
export const maxThumbnailBytes = 1024 * 1024;

/** Twice a list row on a dense display; tall pages (receipts, banners) are fitted inside. */
export const thumbnailWidthPixels = 480;
export const thumbnailMaxHeightPixels = 960;

/** A 200-megapixel phone photo passes; a flood does not. */
export const maxImagePixels = 250_000_000;

/** What a job needs to know. Travels as one JSON argument; paths are absolute. */
export type Job = {
  sourcePath: string;
  contentType: string;
  outDir: string;
  maxPages: number;
  /** Upper bound of the WebAssembly heap. */
  heapBytes: number;
  /** The child ends itself after this time, whatever its parent does. */
  lifetimeMs: number;
};

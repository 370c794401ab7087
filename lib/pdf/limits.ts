/** Bounds that the parent and the child process share. No imports, because the child may read few files. */

export const textFileName = "text.txt";
export const thumbnailFileName = "thumbnail.webp";

/** A thousand dense pages are about 5 MB. More than 20 MB does not help a search index. */
export const maxTextBytes = 20 * 1024 * 1024;
export const maxThumbnailBytes = 1024 * 1024;

/** Twice the width in a list, for dense displays. Tall pages (receipts, banners) are fitted inside. */
export const thumbnailWidthPixels = 480;
export const thumbnailMaxHeightPixels = 960;

/** Above the 200 megapixels of a phone's photo; stops pixel floods. */
export const maxImagePixels = 250_000_000;

/** Of a page that is shown as a picture: enough for a phone of three pixels a point, and for a dense display. */
export const pageWidthPixels = 1440;
/** Of a tall page, such as a receipt. */
export const pageMaxHeightPixels = 4800;
/** A page of noise at this size is below it. */
export const maxPictureBytes = 12 * 1024 * 1024;
/** Of a text: nobody looks through more, and each takes time. */
export const maxTextPages = 500;
/** Files of one drawing. */
export const maxDrawnFiles = 64;

/** Pages of a file, drawn as pictures. Pages count from 1. */
export type DrawSource = { path: string; contentType: string; first: number; count: number };

/** The input of a process that draws. Files are called `<source>-<page>.webp`; a card is `card.png`. */
export type DrawJob = {
  outDir: string;
  /** Upper bound of the WebAssembly heap. */
  heapBytes: number;
  lifetimeMs: number;
  /** Drawn across each picture; null for none. */
  watermark: string | null;
  widthPixels: number;
  sources: DrawSource[];
  /** An SVG to be made a PNG, in place of sources. */
  card: string | null;
};

/** The input of a job, given as one JSON argument. Paths are absolute. */
export type Job = {
  sourcePath: string;
  contentType: string;
  outDir: string;
  maxPages: number;
  /** The most text that is kept. */
  maxTextBytes: number;
  /** Upper bound of the WebAssembly heap. */
  heapBytes: number;
  /** The child ends itself after this time, even without its parent. */
  lifetimeMs: number;
};

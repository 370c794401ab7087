import type * as Pdfjs from "pdfjs-dist";
import type * as PdfjsViewer from "pdfjs-dist/web/pdf_viewer.mjs";

export interface PdfEngine {
  pdfjs: typeof Pdfjs;
  viewer: typeof PdfjsViewer;
}

let engine: Promise<PdfEngine> | undefined;

/** Where `scripts/copy-pdf-assets.mjs` puts what pdf.js reads while it runs: character maps, fonts, decoders, profiles. */
const assets = "/pdfjs";

/** The PDF engine, loaded when the first PDF is opened. */
export function loadPdfEngine(): Promise<PdfEngine> {
  engine ??= load().catch((error: unknown) => {
    // a chunk that did not arrive may arrive next time
    engine = undefined;
    throw error;
  });
  return engine;
}

async function load(): Promise<PdfEngine> {
  const pdfjs = await import("pdfjs-dist");
  pdfjs.GlobalWorkerOptions.workerSrc = new URL(
    "pdfjs-dist/build/pdf.worker.min.mjs",
    import.meta.url,
  ).toString();
  // the viewer component takes the library from here, by its design
  Object.assign(globalThis, { pdfjsLib: pdfjs });
  return { pdfjs, viewer: await import("pdfjs-dist/web/pdf_viewer.mjs") };
}

/** What every document is opened with. */
export const openOptions = {
  cMapUrl: `${assets}/cmaps/`,
  cMapPacked: true,
  standardFontDataUrl: `${assets}/standard_fonts/`,
  wasmUrl: `${assets}/wasm/`,
  iccUrl: `${assets}/iccs/`,
  enableXfa: false,
  // errors only: remarks about fonts are of no use to anyone here
  verbosity: 0,
  // only what is looked at is fetched: a 300-page scan is not downloaded for its first page
  disableAutoFetch: true,
  disableStream: true,
  rangeChunkSize: 256 * 1024,
} as const;

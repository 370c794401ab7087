import type { PDFDocumentLoadingTask } from "pdfjs-dist";
import type { ContentSource } from "./content-source.ts";
import { openOptions, type PdfEngine } from "./pdf-engine.ts";

/** Smaller files are read at once: one call instead of several. */
const wholeBelowBytes = 1024 * 1024;

interface OpenOptions {
  source: ContentSource;
  sizeBytes: number;
  signal: AbortSignal;
  /** Bytes could not be had while reading on: the document cannot be shown further. */
  onBroken: (error: unknown) => void;
}

/** Begins to open a PDF, reading it piece by piece as pages are looked at. */
export async function openPdf(
  { pdfjs }: PdfEngine,
  { source, sizeBytes, signal, onBroken }: OpenOptions,
): Promise<PDFDocumentLoadingTask> {
  if (sizeBytes <= wholeBelowBytes) {
    return pdfjs.getDocument({ ...openOptions, data: await source.range(0, sizeBytes, signal) });
  }
  class Ranges extends pdfjs.PDFDataRangeTransport {
    override requestDataRange(begin: number, end: number): void {
      source.range(begin, end, signal).then(
        (bytes) => this.onDataRange(begin, bytes),
        (error: unknown) => {
          if (!signal.aborted) onBroken(error);
        },
      );
    }
  }
  return pdfjs.getDocument({ ...openOptions, range: new Ranges(sizeBytes, null) });
}

import type { PDFDocumentProxy, RenderTask } from "pdfjs-dist";

interface ThumbnailOptions {
  /** The box it fits into, in CSS pixels. */
  width: number;
  height: number;
  signal: AbortSignal;
}

const kept = new WeakMap<PDFDocumentProxy, Map<number, HTMLCanvasElement>>();
const maxKept = 150;

/** A page drawn to fit a box. Drawings are kept for a while, so that scrolling back shows them at once. */
export async function drawThumbnail(
  pdf: PDFDocumentProxy,
  pageNumber: number,
  { width, height, signal }: ThumbnailOptions,
): Promise<HTMLCanvasElement> {
  const drawings = kept.get(pdf) ?? new Map<number, HTMLCanvasElement>();
  kept.set(pdf, drawings);
  const known = drawings.get(pageNumber);
  if (known) return known;
  const page = await pdf.getPage(pageNumber);
  signal.throwIfAborted();
  const natural = page.getViewport({ scale: 1 });
  const scale = Math.min(width / natural.width, height / natural.height);
  const density = Math.min(2, window.devicePixelRatio || 1);
  const viewport = page.getViewport({ scale: scale * density });
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(viewport.width);
  canvas.height = Math.ceil(viewport.height);
  canvas.style.width = `${natural.width * scale}px`;
  canvas.style.height = `${natural.height * scale}px`;
  const task: RenderTask = page.render({ canvas, viewport });
  signal.addEventListener("abort", () => task.cancel(), { once: true });
  await task.promise;
  drawings.set(pageNumber, canvas);
  for (const oldest of drawings.keys()) {
    if (drawings.size <= maxKept) break;
    drawings.delete(oldest);
  }
  return canvas;
}

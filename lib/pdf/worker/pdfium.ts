import { init } from "@embedpdf/pdfium";
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fitThumbnail } from "./fit.ts";
import { JobFailure } from "./report.ts";

/** Error codes of FPDF_GetLastError (fpdfview.h). */
const passwordNeeded = 4;
const unsupportedSecurity = 5;

/** FPDF_ANNOT | FPDF_REVERSE_BYTE_ORDER: annotations included, pixels as RGBA. */
const renderFlags = 0x01 | 0x10;
const bgra = 4;

/** After this time the first page is shown as far as it is drawn. */
const renderTimeMs = 10_000;

/** FPDF_FILEACCESS has 32-bit lengths. */
const maxFileBytes = 2 ** 31 - 1;

/** Far above a page of a telephone book, which has 30,000 characters. */
const maxPageCharacters = 5_000_000;

type Size = { width: number; height: number };
type Fit = (size: Size) => Size;

export type PdfDocument = {
  pageCount: number;
  /** Size of a page in points, rotated as shown. Null if the page can't be read. */
  pageSize(index: number): { width: number; height: number } | null;
  /** Text in the file's order. Null if the page can't be read. */
  pageText(index: number): string | null;
  /** As a thumbnail, or in another size. Null if the page can't be read. */
  renderPage(index: number, fit?: Fit): { width: number; height: number; rgba: Buffer } | null;
};

/**
 * Opens a file without reading it into memory: pdfium asks for the parts it needs. Throws JobFailure.
 * After a RuntimeError from any method the instance is unusable.
 */
export async function openPdf(path: string, heapBytes: number): Promise<PdfDocument> {
  const fd = openSync(path, "r");
  const sizeBytes = fstatSync(fd).size;
  if (sizeBytes > maxFileBytes) {
    closeSync(fd);
    throw new JobFailure("unsupported", "PDFs of 2 GB and more can be stored but not read.");
  }
  limitHeap(heapBytes);
  const pdfium = await loadPdfium();
  // The package's types leave the heap to @types/emscripten.
  const core = pdfium.pdfium as typeof pdfium.pdfium & { HEAPU8: Uint8Array<ArrayBuffer> };
  pdfium.PDFiumExt_Init();

  const readBlock = core.addFunction((_: number, position: number, target: number, length: number) => {
    // The heap moves when it grows, so it is looked up each time.
    return readFully(fd, core.HEAPU8.subarray(target, target + length), position >>> 0) ? 1 : 0;
  }, "iiiii");
  const access = core.wasmExports.malloc(12);
  [sizeBytes, readBlock, 0].forEach((value, index) => core.setValue(access + 4 * index, value, "i32"));

  const handle = pdfium.FPDF_LoadCustomDocument(access, "");
  if (!handle) throw openFailure(pdfium.FPDF_GetLastError());

  function withPage<T>(index: number, read: (page: number) => T): T | null {
    const page = pdfium.FPDF_LoadPage(handle, index);
    if (!page) return null;
    try {
      return read(page);
    } finally {
      pdfium.FPDF_ClosePage(page);
    }
  }
  const sizeOf = (page: number) => {
    const [width, height] = [pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)];
    return width > 0 && height > 0 && Number.isFinite(width * height) ? { width, height } : null;
  };

  return {
    pageCount: pdfium.FPDF_GetPageCount(handle),
    pageSize: (index) => withPage(index, sizeOf),
    pageText: (index) =>
      withPage(index, (page) => {
        const text = pdfium.FPDFText_LoadPage(page);
        if (!text) return "";
        const count = Math.min(pdfium.FPDFText_CountChars(text), maxPageCharacters);
        const buffer = core.wasmExports.malloc((count + 1) * 2);
        const units = count > 0 && buffer ? pdfium.FPDFText_GetText(text, 0, count, buffer) : 1;
        const characters = Buffer.from(core.HEAPU8.buffer, buffer, (units - 1) * 2).toString("utf16le");
        core.wasmExports.free(buffer);
        pdfium.FPDFText_ClosePage(text);
        return characters;
      }),
    renderPage: (index, fit = fitThumbnail) =>
      withPage(index, (page) => {
        const size = sizeOf(page);
        if (!size) return null;
        const { width, height } = fit(size);
        const bitmap = pdfium.FPDFBitmap_CreateEx(width, height, bgra, 0, 0);
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
        const deadline = performance.now() + renderTimeMs;
        const isLate = core.addFunction(() => (performance.now() > deadline ? 1 : 0), "ii");
        const pause = core.wasmExports.malloc(12);
        [1, isLate, 0].forEach((value, slot) => core.setValue(pause + 4 * slot, value, "i32"));
        pdfium.FPDF_RenderPageBitmap_Start(bitmap, page, 0, 0, width, height, 0, renderFlags, pause);
        pdfium.FPDF_RenderPage_Close(page);
        const start = pdfium.FPDFBitmap_GetBuffer(bitmap);
        const rgba = Buffer.from(core.HEAPU8.slice(start, start + width * height * 4));
        pdfium.FPDFBitmap_Destroy(bitmap);
        return { width, height, rgba };
      }),
  };
}

function loadPdfium() {
  const wasmPath = fileURLToPath(import.meta.resolve("@embedpdf/pdfium/pdfium.wasm"));
  const wasm = readFileSync(wasmPath);
  // The library must not write to standard output, which carries messages to the parent.
  return init({ wasmBinary: wasm.buffer as ArrayBuffer, print: () => {}, printErr: () => {} });
}

/**
 * The library would grow its heap to 2 GB. Refusing growth makes it fail at a defined point,
 * usually before the parent has to kill the process.
 */
function limitHeap(heapBytes: number): void {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, pages: number) {
    if (this.buffer.byteLength + pages * 65536 > heapBytes) {
      isHeapExhausted = true;
      throw new RangeError("The document needs more memory than a job may use.");
    }
    return grow.call(this, pages);
  };
}

let isHeapExhausted = false;

/** Maps an exception of the library: its memory limit, or a damaged file. */
export function explainTrap(error: unknown): JobFailure {
  if (error instanceof JobFailure) return error;
  if (isHeapExhausted) return new JobFailure("memory", "The document needs more memory than a job may use.");
  return new JobFailure("damaged", `The document could not be read: ${String(error).slice(0, 200)}`);
}

function openFailure(code: number): JobFailure {
  if (code === passwordNeeded) return new JobFailure("encrypted", "The PDF opens only with a password.");
  if (code === unsupportedSecurity)
    return new JobFailure("encrypted", "The PDF is protected in a way we can't read.");
  if (isHeapExhausted) return new JobFailure("memory", "The document needs more memory than a job may use.");
  return new JobFailure("damaged", "The file is not a PDF that can be read.");
}

function readFully(fd: number, target: Uint8Array, position: number): boolean {
  let done = 0;
  while (done < target.length) {
    const count = readSync(fd, target, done, target.length - done, position + done);
    if (count <= 0) return false;
    done += count;
  }
  return true;
}

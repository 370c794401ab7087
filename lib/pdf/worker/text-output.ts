import { openSync, writeSync } from "node:fs";

/** Writes page by page, so that finished pages survive a kill. */
export class TextOutput {
  readonly #fd: number;
  readonly #maxBytes: number;
  #sizeBytes = 0;
  #pages = 0;

  constructor(path: string, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#fd = openSync(path, "wx");
  }

  /** Adds a page, after a form feed unless it is the first. False, and nothing written, if it does not fit. */
  addPage(text: string): boolean {
    const bytes = Buffer.from((this.#pages === 0 ? "" : "\f") + cleanText(text), "utf8");
    if (this.#sizeBytes + bytes.length > this.#maxBytes) return false;
    for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done);
    this.#sizeBytes += bytes.length;
    this.#pages += 1;
    return true;
  }
}

/**
 * Text that a database and a browser accept: line feeds only, no control characters, no lone surrogates. Joins words
 * that the page breaks with a hyphen (pdfium marks such hyphens U+0002 or U+FFFE).
 */
export function cleanText(text: string): string {
  return text
    .replace(/[\u0002\uFFFE](\r?\n)?/g, "")
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0008\u000B-\u001F\u007F\uFFFF]/g, "")
    .toWellFormed();
}

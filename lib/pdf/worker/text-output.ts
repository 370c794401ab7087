import { openSync, writeSync } from "node:fs";
import { maxTextBytes } from "../limits.ts";

/** Writes page after page, so that what was read survives a kill. */
export class TextOutput {
  readonly #fd: number;
  #sizeBytes = 0;
  #pages = 0;

  constructor(path: string) {
    this.#fd = openSync(path, "wx");
  }

  /** Adds a page, a form feed before it unless it is the first. False, and nothing written, if it no longer fits. */
  addPage(text: string): boolean {
    const bytes = Buffer.from((this.#pages === 0 ? "" : "\f") + cleanText(text), "utf8");
    if (this.#sizeBytes + bytes.length > maxTextBytes) return false;
    for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done);
    this.#sizeBytes += bytes.length;
    this.#pages += 1;
    return true;
  }
}

/**
 * Text a database and a browser accept: line feeds only, no control characters, no lone surrogates;
 * words that the page breaks with a hyphen are whole again (pdfium marks such hyphens U+0002 or U+FFFE).
 */
export function cleanText(text: string): string {
  return text
    .replace(/[\u0002\uFFFE](\r?\n)?/g, "")
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0008\u000B-\u001F\u007F\uFFFF]/g, "")
    .toWellFormed();
}

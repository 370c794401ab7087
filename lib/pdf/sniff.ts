import { fileTypeFromBuffer } from "file-type";
import { detectEncoding } from "./text-encoding.ts";

export type Sniffed = {
  /** The declared type where it matches, else the best guess. */
  contentType: string;
  matches: boolean;
};

/** Readers look for the header in the first 1024 bytes (ISO 32000-1, implementation note 13). */
const pdfHeaderWindowBytes = 1024;

/** Markup that a browser would run. */
const activeMarkup =
  /^\s*(<!--[^]{0,2000}?-->\s*)*<(!doctype\s+html|html|head|body|svg|script|iframe|object|embed)\b/i;

/** Types that file-type distinguishes and the allow-list does not. */
const aliases: Record<string, string> = { "image/apng": "image/png", "image/avif-sequence": "image/avif" };

/**
 * Compares a file's beginning with its declared type. Pass at least the first 4100 bytes, or all. A PDF may have bytes
 * before its header, but neither markup nor another format's signature.
 */
export async function sniffContentType(head: Buffer, declared: string): Promise<Sniffed> {
  const contentType = await detect(head, declared);
  return { contentType, matches: contentType === declared };
}

async function detect(head: Buffer, declared: string): Promise<string> {
  const text = head.toString("latin1").replace(/^\u00ef\u00bb\u00bf/, "");
  const markup = markupType(text);
  if (markup) return markup;
  const pdfHeader = text.slice(0, pdfHeaderWindowBytes).indexOf("%PDF-");
  if (pdfHeader >= 0)
    return (await isPdfWithPreamble(head, text.slice(0, pdfHeader)))
      ? "application/pdf"
      : "application/octet-stream";
  // A text that begins with "BM" or "MZ" is neither an image nor a program.
  if (declared.startsWith("text/")) {
    const plain = textType(head, declared);
    if (plain) return plain;
  }
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  if (found) return aliases[found.mime] ?? found.mime;
  // the directory that distinguishes kinds of TIFF may lie anywhere in the file
  if (declared === "image/tiff" && /^(II\*\0|MM\0\*)/.test(text)) return declared;
  return textType(head, "text/plain") ?? "application/octet-stream";
}

function markupType(text: string): string | null {
  const name = activeMarkup.exec(text)?.[2]?.toLowerCase();
  if (name) return name === "svg" ? "image/svg+xml" : "text/html";
  if (!/^\s*<\?xml\b/i.test(text)) return null;
  if (/<svg\b/i.test(text)) return "image/svg+xml";
  return /<html\b/i.test(text) ? "application/xhtml+xml" : null;
}

async function isPdfWithPreamble(head: Buffer, preamble: string): Promise<boolean> {
  if (/<[a-z!?/]/i.test(preamble)) return false;
  if (preamble.trim() === "") return true;
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  return !found || found.mime === "application/pdf";
}

function textType(head: Buffer, declared: string): string | null {
  const isWhole = head.length < 4100;
  const encoding = detectEncoding(head, isWhole);
  if (!encoding) return null;
  if (encoding.startsWith("utf-16")) {
    const markup = markupType(new TextDecoder(encoding).decode(head, { stream: true }));
    if (markup) return markup;
  }
  return declared;
}

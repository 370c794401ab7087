import { isUtf8 } from "node:buffer";

export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/**
 * The encoding of a text; null if the bytes are no text. UTF-16 without a byte order mark is recognised by zeros in
 * every second byte, as in mostly Latin text. Otherwise bytes that are not UTF-8 count as windows-1252 (Latin 1, Excel),
 * unless some occur in no text. `isWhole` false: the bytes are the head of a longer file, and the last character may be
 * cut.
 */
export function detectEncoding(bytes: Buffer, isWhole = true): TextEncoding | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodes(bytes, "utf-16le", isWhole) ? "utf-16le" : null;
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodes(bytes, "utf-16be", isWhole) ? "utf-16be" : null;
  if (bytes.includes(0)) {
    const encoding = utf16WithoutMark(bytes);
    return encoding && decodes(bytes, encoding, isWhole) ? encoding : null;
  }
  if (hasBinaryControls(bytes)) return null;
  if (isUtf8(isWhole ? bytes : withoutCutCharacter(bytes))) return "utf-8";
  return undefinedIn1252.some((byte) => bytes.includes(byte)) ? null : "windows-1252";
}

/** Decodes without the byte order mark. Drops a last character that is cut. */
export function decodeText(bytes: Buffer, encoding: TextEncoding): string {
  return new TextDecoder(encoding).decode(bytes, { stream: true });
}

const undefinedIn1252 = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/** Controls other than tab, line feed, vertical tab, form feed, carriage return, substitute (old end of file) and escape. */
function hasBinaryControls(bytes: Buffer): boolean {
  return bytes.some(
    (byte) => byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1a && byte !== 0x1b,
  );
}

function utf16WithoutMark(bytes: Buffer): TextEncoding | null {
  const zeros = [0, 0];
  for (let index = 0; index < bytes.length; index++) if (bytes[index] === 0) zeros[index % 2]! += 1;
  const half = bytes.length / 2;
  if (zeros[1]! > half * 0.6 && zeros[0]! < half * 0.05) return "utf-16le";
  if (zeros[0]! > half * 0.6 && zeros[1]! < half * 0.05) return "utf-16be";
  return null;
}

function decodes(bytes: Buffer, encoding: TextEncoding, isWhole: boolean): boolean {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: !isWhole });
    return !text.includes("\0");
  } catch {
    return false;
  }
}

function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back);
    if (byte < 0x80) break;
  }
  return bytes;
}

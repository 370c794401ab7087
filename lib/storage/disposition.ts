/** Types that a browser shows and cannot execute. Every kind of text is shown as plain text. */
const inlineTypes = new Map([
  ["application/pdf", "application/pdf"],
  ["image/png", "image/png"],
  ["image/jpeg", "image/jpeg"],
  ["image/gif", "image/gif"],
  ["image/webp", "image/webp"],
  ["image/avif", "image/avif"],
  ["text/plain", "text/plain; charset=utf-8"],
  ["text/markdown", "text/plain; charset=utf-8"],
  ["text/csv", "text/plain; charset=utf-8"],
]);

const MAX_NAME_BYTES = 255;
const graphemes = new Intl.Segmenter();
// Control characters, and the marks that reorder text: `annexe<RLO>fdp.exe` would be shown as `annexeexe.pdf`.
const invisible = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/gu;

/** A file name without path separators and control characters, at most 255 bytes of UTF-8, with its extension. */
export function safeFilename(filename: string): string {
  const plain = filename.toWellFormed().normalize("NFC").replace(invisible, "").replace(/[/\\]/g, "_").trim();
  if (/^\.*$/.test(plain)) return "download";
  if (Buffer.byteLength(plain) <= MAX_NAME_BYTES) return plain;
  const extension = /\.[^.\s]{1,16}$/.exec(plain)?.[0] ?? "";
  let kept = "";
  let room = MAX_NAME_BYTES - Buffer.byteLength(extension);
  for (const { segment } of graphemes.segment(plain.slice(0, plain.length - extension.length))) {
    room -= Buffer.byteLength(segment);
    if (room < 0) break;
    kept += segment;
  }
  return kept + extension;
}

/** `Content-Disposition` by RFC 6266: an ASCII name for old clients, and the full name in the form of RFC 8187. */
export function contentDisposition(disposition: "inline" | "attachment", filename: string): string {
  const name = safeFilename(filename);
  // "%" too: some clients decode escapes in the plain form.
  const ascii = name.replace(/[^\x20-\x7e]+/g, "_").replace(/["\\%]/g, "_");
  const extended = encodeURIComponent(name).replace(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${disposition}; filename="${ascii}"; filename*=UTF-8''${extended}`;
}

/**
 * The headers for a stored object. Only listed types are shown in the browser, whatever was asked. All others (HTML, SVG,
 * unknown) are attachments of a type that no browser renders.
 */
export function presentation(options: {
  disposition: "inline" | "attachment";
  filename: string;
  contentType: string;
}): { contentType: string; contentDisposition: string } {
  const essence = options.contentType.split(";", 1)[0]!.trim().toLowerCase();
  const shown = inlineTypes.get(essence);
  return {
    contentType: shown ?? "application/octet-stream",
    contentDisposition: contentDisposition(shown ? options.disposition : "attachment", options.filename),
  };
}

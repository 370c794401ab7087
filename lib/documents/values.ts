/** The types that may be uploaded, each with the extension its stored object gets. */
export const allowedTypes = {
  "application/pdf": ".pdf",
  "image/png": ".png",
  "image/jpeg": ".jpg",
  "image/webp": ".webp",
  "image/gif": ".gif",
  "image/tiff": ".tif",
  "image/avif": ".avif",
  "text/plain": ".txt",
  "text/markdown": ".md",
  "text/csv": ".csv",
} as const;
export type AllowedType = keyof typeof allowedTypes;
export const isAllowedType = (type: string): type is AllowedType => Object.hasOwn(allowedTypes, type);

const typesByExtension: Record<string, AllowedType> = {
  pdf: "application/pdf",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  tif: "image/tiff",
  tiff: "image/tiff",
  avif: "image/avif",
  txt: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  markdown: "text/markdown",
  csv: "text/csv",
};

/** The type to declare for a file: by its name first (browsers guess text types differently), then as the browser says. */
export function typeOfFile(filename: string, browserType = ""): string {
  const extension = filename.toLowerCase().split(".").at(-1) ?? "";
  return typesByExtension[extension] ?? (browserType.split(";")[0] || "application/octet-stream");
}

/** So many documents are moved in one call at most: their locks are held together. */
export const MOST_AT_ONCE = 200;

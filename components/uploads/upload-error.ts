/**
 * What can go wrong on this side: the file holds nothing · can't be read (moved, no permission) · its address for
 * sending has ended · the store did not take it.
 */
export type UploadErrorCode = "empty" | "unreadable" | "expired" | "refused";

export class UploadError extends Error {
  readonly code: UploadErrorCode;
  constructor(code: UploadErrorCode, cause?: unknown) {
    super(`Upload failed: ${code}`, { cause });
    this.name = "UploadError";
    this.code = code;
  }
}

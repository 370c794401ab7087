import { AppError } from "#lib/errors/index.ts";

/** Whether there is nothing at a path. */
export const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

/** Maps a disk error to what it means for the caller. The message never names a path. */
export function asStorageError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") {
    return new AppError(
      "upstream_unavailable",
      "The storage is full; nothing was saved",
      { reason: "storageFull" },
      error,
    );
  }
  if (code === "EIO" || code === "EROFS" || code === "EACCES" || code === "EPERM" || code === "EMFILE") {
    return new AppError(
      "upstream_unavailable",
      `The storage does not work (${code})`,
      { reason: "storage" },
      error,
    );
  }
  return error;
}

import { AppError } from "#lib/errors/index.ts";
import { MIN_PART_BYTES } from "./limits.ts";
import type { UploadedPart } from "./types.ts";

/**
 * Throws `content_mismatch` unless `named` lists exactly the parts that the store has, in rising order, all but the last
 * of 5 MiB or more. Some stores accept fewer parts than were sent, which would leave a hole in the document.
 */
export function assertParts(named: { partNumber: number; etag: string }[], present: UploadedPart[]): void {
  const refuse = (message: string) => new AppError("content_mismatch", message, { reason: "part" });
  if (named.length === 0 || named.length !== present.length) {
    throw refuse(`${named.length} parts were named, ${present.length} were sent`);
  }
  present.forEach((part, index) => {
    const { partNumber, etag } = named[index]!;
    if (partNumber !== part.partNumber || etag !== part.etag) {
      throw refuse(`Part ${part.partNumber} is missing, altered or out of order`);
    }
    if (index < present.length - 1 && part.sizeBytes < MIN_PART_BYTES) {
      throw refuse(`Part ${part.partNumber} is under 5 MiB`);
    }
  });
}

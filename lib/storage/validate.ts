import { AppError } from "#lib/errors/index.ts";
import { MAX_PART_NUMBER, MAX_PUT_BYTES, MAX_READ_BYTES, MAX_TTL_SECONDS } from "./limits.ts";

/**
 * Two to four segments of lower-case letters, digits and hyphens; only the last may have one extension.
 * No dot segment, separator, escape, control character or letter case reaches a file system or a URL.
 */
const keyPattern = /^(?:[a-z0-9][a-z0-9-]{0,63}\/){1,3}[a-z0-9][a-z0-9-]{0,63}(?:\.[a-z0-9]{1,16})?$/;
const prefixPattern = /^[a-z0-9./-]{0,300}$/;
const contentTypePattern =
  /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}(?:; ?charset=[a-z0-9-]{1,40})?$/i;
const sha256Pattern = /^[0-9a-f]{64}$/;
const uploadIdPattern = /^[A-Za-z0-9._~+/=-]{1,1024}$/;

export const isKey = (key: string): boolean => keyPattern.test(key);

/** Throws `internal`: callers make or check keys, types and digests before, so a fault here is ours. */
function demand(ok: boolean, what: string): asserts ok {
  if (!ok) throw new AppError("internal", `Storage was given ${what}`);
}

/** Throws `internal` unless the key has the form of `{userId}/{documentId}/{uuid}.ext` (see the pattern). */
export function assertKey(key: string): void {
  demand(isKey(key), `a malformed key: ${JSON.stringify(key).slice(0, 200)}`);
}

export function assertPrefix(prefix: string): void {
  demand(prefixPattern.test(prefix), "a malformed prefix");
}

export function assertContentType(contentType: string): void {
  demand(contentTypePattern.test(contentType), "a malformed content type");
}

export function assertUploadId(uploadId: string): void {
  demand(uploadIdPattern.test(uploadId), "a malformed upload id");
}

export function assertPartNumber(partNumber: number): void {
  demand(
    Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= MAX_PART_NUMBER,
    "a part number outside 1 to 10,000",
  );
}

export function assertTtl(ttlSeconds: number): void {
  demand(
    Number.isInteger(ttlSeconds) && ttlSeconds >= 1 && ttlSeconds <= MAX_TTL_SECONDS,
    "a lifetime outside 1 second to 7 days",
  );
}

/** Checks length and digest of a direct upload. More than 5 GiB is `file_too_large`. */
export function assertBody(body: { sizeBytes: number; sha256: string }): void {
  demand(Number.isSafeInteger(body.sizeBytes) && body.sizeBytes >= 0, "a malformed size");
  demand(sha256Pattern.test(body.sha256), "a malformed SHA-256");
  if (body.sizeBytes > MAX_PUT_BYTES) throw new AppError("file_too_large", "A single upload ends at 5 GiB");
}

/** Refuses ranges that make no sense or would not fit in memory. */
export function assertRange(range: { start: number; end: number }): void {
  demand(
    Number.isSafeInteger(range.start) &&
      Number.isSafeInteger(range.end) &&
      range.start >= 0 &&
      range.end >= range.start,
    "a malformed range",
  );
  if (range.end - range.start + 1 > MAX_READ_BYTES) throw tooLargeToRead();
}

export const tooLargeToRead = () => new AppError("file_too_large", "Reads into memory end at 64 MiB");
export const objectNotFound = (cause?: unknown) =>
  new AppError("not_found", "No such object in the storage", { reason: "object" }, cause);
export const uploadNotFound = (cause?: unknown) =>
  new AppError("not_found", "No such open upload in the storage", { reason: "upload" }, cause);

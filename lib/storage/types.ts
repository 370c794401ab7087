import type { Readable } from "node:stream";

/** One direct upload. The client sends `headers` unchanged; `Content-Length` follows from the body. */
export interface PresignedPut {
  url: string;
  method: "PUT";
  headers: Record<string, string>;
  expiresAt: Date;
}

export interface ObjectStat {
  sizeBytes: number;
  /** Lower-case hex, as the store computed or verified it; null where the store knows none (multipart on S3). */
  sha256: string | null;
  contentType: string | null;
  modifiedAt: Date;
}

export interface ListedObject {
  key: string;
  sizeBytes: number;
  modifiedAt: Date;
}

export interface UploadedPart {
  partNumber: number;
  sizeBytes: number;
  etag: string;
  modifiedAt: Date;
}

/**
 * Where bytes live. Both drivers keep the same contract (`contract.int.test.ts`):
 * - keys are checked by `assertKey` before anything else;
 * - an object is there completely or not at all, and what was acknowledged survives a crash;
 * - a missing object is `not_found` from `read` and `stream`, null from `stat`, and no error from `delete`;
 * - a store that cannot be reached, or is full, is `upstream_unavailable`.
 */
export interface Storage {
  /**
   * One upload straight from a client (valid 15 minutes by default). The store refuses another key, length, type or
   * content, and an expired or altered URL. `sha256` is lower-case hex. At most 5 GiB; larger files use multipart.
   */
  presignPut(options: {
    key: string;
    contentType: string;
    sizeBytes: number;
    sha256: string;
    ttlSeconds?: number;
  }): Promise<PresignedPut>;
  /**
   * A download straight to a client (valid 60 seconds by default). `inline` holds only for types that cannot run script;
   * all others are attachments of type `application/octet-stream`. Does not check that the object exists.
   */
  presignGet(options: {
    key: string;
    filename: string;
    contentType: string;
    disposition: "inline" | "attachment";
    ttlSeconds?: number;
  }): Promise<string>;
  stat(key: string): Promise<ObjectStat | null>;
  /**
   * The bytes, or those of an inclusive range, cut at the object's end and empty when it starts beyond it. Throws
   * `file_too_large` for more than 64 MiB: use `stream`.
   */
  read(key: string, range?: { start: number; end: number }): Promise<Buffer>;
  stream(key: string): Promise<Readable>;
  /** Stores bytes that the server made. A body of another length than `sizeBytes` is `content_mismatch`; nothing is stored. */
  put(
    key: string,
    body: Buffer | Readable,
    options: { contentType: string; sizeBytes?: number },
  ): Promise<void>;
  delete(key: string): Promise<void>;
  /** Objects in the order of their keys, at most 1,000 a page. */
  list(options: { prefix?: string; cursor?: string; limit?: number }): Promise<{
    items: ListedObject[];
    nextCursor: string | null;
  }>;
  multipart: MultipartStorage;
}

/** Uploads in parts, with the semantics of S3: parts of 5 MiB to 5 GiB (the last may be smaller), numbers 1 to 10,000. */
export interface MultipartStorage {
  create(options: { key: string; contentType: string }): Promise<{ uploadId: string }>;
  /** One part straight from a client, bound like `presignPut` (15 minutes unless told). Sending a part again replaces it. */
  presignPart(options: {
    key: string;
    uploadId: string;
    partNumber: number;
    sizeBytes: number;
    sha256: string;
    ttlSeconds?: number;
  }): Promise<PresignedPut>;
  /**
   * Makes the object from all sent parts, which `parts` must list in rising order (else `content_mismatch`). `not_found`
   * for an upload that is not open; a completed one is not.
   */
  complete(options: {
    key: string;
    uploadId: string;
    parts: { partNumber: number; etag: string }[];
  }): Promise<void>;
  /** Removes the parts. No error when the upload is gone. */
  abort(options: { key: string; uploadId: string }): Promise<void>;
  /** All parts so far, by number. `not_found` for an upload that is not open. */
  listParts(options: { key: string; uploadId: string }): Promise<UploadedPart[]>;
}

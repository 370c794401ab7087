import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { Readable } from "node:stream";
import { AppError } from "#lib/errors/index.ts";
import { base64ToHex, hexToBase64 } from "../checksum.ts";
import { presentation } from "../disposition.ts";
import { GET_TTL_SECONDS, MAX_LIST_ITEMS, MAX_READ_BYTES, PUT_TTL_SECONDS } from "../limits.ts";
import type { Storage } from "../types.ts";
import {
  assertBody,
  assertContentType,
  assertKey,
  assertPrefix,
  assertRange,
  assertTtl,
  objectNotFound,
  tooLargeToRead,
} from "../validate.ts";
import { createClient, presignUpload, type S3StorageConfig } from "./client.ts";
import { call, isStatus } from "./errors.ts";
import { createS3Multipart } from "./multipart.ts";
import { withMeasured } from "./spool.ts";

/** Any S3-compatible store that verifies `x-amz-checksum-sha256`. The bucket exists, is private, and allows the application's origin by CORS. */
export function createS3Storage(config: S3StorageConfig): Storage {
  const client = createClient(config);
  const locate = (key: string) => {
    assertKey(key);
    return { Bucket: config.bucket, Key: key };
  };

  async function open(key: string, range?: string): Promise<{ body: Readable; sizeBytes: number }> {
    const answer = await client.send(new GetObjectCommand({ ...locate(key), Range: range }));
    if (!(answer.Body instanceof Readable)) throw objectNotFound();
    return { body: answer.Body, sizeBytes: answer.ContentLength ?? Infinity };
  }

  return {
    async presignPut({ key, contentType, sizeBytes, sha256, ttlSeconds = PUT_TTL_SECONDS }) {
      assertContentType(contentType);
      assertBody({ sizeBytes, sha256 });
      assertTtl(ttlSeconds);
      const command = new PutObjectCommand({
        ...locate(key),
        ContentLength: sizeBytes,
        ContentType: contentType,
        ChecksumSHA256: hexToBase64(sha256),
        ChecksumAlgorithm: "SHA256",
      });
      return call(() => presignUpload(client, command, { contentType, sha256, ttlSeconds }));
    },

    async presignGet({ key, filename, contentType, disposition, ttlSeconds = GET_TTL_SECONDS }) {
      assertTtl(ttlSeconds);
      const shown = presentation({ disposition, filename, contentType });
      const command = new GetObjectCommand({
        ...locate(key),
        ResponseContentType: shown.contentType,
        ResponseContentDisposition: shown.contentDisposition,
        ResponseCacheControl: `private, max-age=${ttlSeconds}`,
      });
      return call(() => getSignedUrl(client, command, { expiresIn: ttlSeconds }));
    },

    async stat(key) {
      const command = new HeadObjectCommand({ ...locate(key), ChecksumMode: "ENABLED" });
      return call(async () => {
        try {
          const head = await client.send(command);
          const digest = head.ChecksumSHA256;
          return {
            sizeBytes: head.ContentLength ?? 0,
            // For an upload in parts S3 knows only a digest of digests.
            sha256: digest && !digest.includes("-") ? base64ToHex(digest) : null,
            contentType: head.ContentType ?? null,
            modifiedAt: head.LastModified ?? new Date(0),
          };
        } catch (error) {
          if (isStatus(error, 404)) return null;
          throw error;
        }
      });
    },

    async read(key, range) {
      if (range) assertRange(range);
      return call(async () => {
        try {
          const { body, sizeBytes } = await open(key, range && `bytes=${range.start}-${range.end}`);
          if (sizeBytes > MAX_READ_BYTES) {
            body.destroy();
            throw tooLargeToRead();
          }
          return Buffer.concat(await body.toArray());
        } catch (error) {
          if (isStatus(error, 416)) return Buffer.alloc(0);
          throw error;
        }
      });
    },

    async stream(key) {
      return (await call(() => open(key))).body;
    },

    async put(key, body, { contentType, sizeBytes }) {
      const target = locate(key);
      assertContentType(contentType);
      await withMeasured(body, async (measured) => {
        if (sizeBytes !== undefined && measured.sizeBytes !== sizeBytes) {
          throw new AppError("content_mismatch", "The body has another length than was announced", {
            reason: "length",
          });
        }
        const command = new PutObjectCommand({
          ...target,
          Body: measured.open(),
          ContentLength: measured.sizeBytes,
          ContentType: contentType,
          ChecksumSHA256: hexToBase64(measured.sha256),
          ChecksumAlgorithm: "SHA256",
        });
        await call(() => client.send(command));
      });
    },

    async delete(key) {
      await call(() => client.send(new DeleteObjectCommand(locate(key))));
    },

    async list({ prefix = "", cursor, limit = MAX_LIST_ITEMS }) {
      assertPrefix(prefix);
      const command = new ListObjectsV2Command({
        Bucket: config.bucket,
        Prefix: prefix,
        // A key instead of the store's token: it stays valid and means the same on every driver.
        StartAfter: cursor,
        MaxKeys: Math.max(1, Math.min(limit, MAX_LIST_ITEMS)),
      });
      const page = await call(() => client.send(command));
      const items = (page.Contents ?? []).map((object) => ({
        key: object.Key ?? "",
        sizeBytes: object.Size ?? 0,
        modifiedAt: object.LastModified ?? new Date(0),
      }));
      return { items, nextCursor: page.IsTruncated ? (items.at(-1)?.key ?? null) : null };
    },

    multipart: createS3Multipart(client, config.bucket),
  };
}

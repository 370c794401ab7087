import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type Part,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { AppError } from "#lib/errors/index.ts";
import { hexToBase64 } from "../checksum.ts";
import { PUT_TTL_SECONDS } from "../limits.ts";
import { assertParts } from "../parts.ts";
import type { MultipartStorage, UploadedPart } from "../types.ts";
import {
  assertBody,
  assertContentType,
  assertKey,
  assertPartNumber,
  assertTtl,
  assertUploadId,
  uploadNotFound,
} from "../validate.ts";
import { presignUpload } from "./client.ts";
import { call } from "./errors.ts";

const asUploadedPart = (part: Part): UploadedPart => ({
  partNumber: part.PartNumber ?? 0,
  sizeBytes: part.Size ?? 0,
  etag: part.ETag ?? "",
  modifiedAt: part.LastModified ?? new Date(0),
});

export function createS3Multipart(client: S3Client, bucket: string): MultipartStorage {
  const target = (key: string, uploadId: string) => {
    assertKey(key);
    assertUploadId(uploadId);
    return { Bucket: bucket, Key: key, UploadId: uploadId };
  };

  async function fetchParts(key: string, uploadId: string): Promise<Part[]> {
    const parts: Part[] = [];
    let marker: string | undefined;
    do {
      const page = await client.send(
        new ListPartsCommand({ ...target(key, uploadId), PartNumberMarker: marker }),
      );
      parts.push(...(page.Parts ?? []));
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (marker);
    return parts;
  }

  return {
    async create({ key, contentType }) {
      assertKey(key);
      assertContentType(contentType);
      const command = new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        ContentType: contentType,
        ChecksumAlgorithm: "SHA256",
      });
      const { UploadId } = await call(() => client.send(command));
      if (!UploadId) throw uploadNotFound();
      return { uploadId: UploadId };
    },

    async presignPart({ key, uploadId, partNumber, sizeBytes, sha256, ttlSeconds = PUT_TTL_SECONDS }) {
      assertPartNumber(partNumber);
      assertBody({ sizeBytes, sha256 });
      assertTtl(ttlSeconds);
      const command = new UploadPartCommand({
        ...target(key, uploadId),
        PartNumber: partNumber,
        ContentLength: sizeBytes,
        ChecksumSHA256: hexToBase64(sha256),
        ChecksumAlgorithm: "SHA256",
      });
      return call(() => presignUpload(client, command, { sha256, ttlSeconds }));
    },

    async complete({ key, uploadId, parts }) {
      await call(async () => {
        const present = await fetchParts(key, uploadId);
        assertParts(parts, present.map(asUploadedPart));
        // Stores that keep a digest per part demand it again.
        const Parts = present.map(({ PartNumber, ETag, ChecksumSHA256 }) => ({
          PartNumber,
          ETag,
          ChecksumSHA256,
        }));
        await client.send(
          new CompleteMultipartUploadCommand({ ...target(key, uploadId), MultipartUpload: { Parts } }),
        );
      });
    },

    async abort({ key, uploadId }) {
      try {
        await call(() => client.send(new AbortMultipartUploadCommand(target(key, uploadId))));
      } catch (error) {
        if (!(error instanceof AppError && error.code === "not_found")) throw error;
      }
    },

    async listParts({ key, uploadId }) {
      return (await call(() => fetchParts(key, uploadId))).map(asUploadedPart);
    },
  };
}

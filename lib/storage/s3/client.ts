import { S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { PutObjectCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { CHECKSUM_HEADER, hexToBase64 } from "../checksum.ts";
import type { PresignedPut } from "../types.ts";

export interface S3StorageConfig {
  /** Address of the store, for this server and for browsers. AWS when left out. */
  endpoint?: string | undefined;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  forcePathStyle: boolean;
}

const CONNECT_MS = 5_000;
/** Longest silence on a connection. A store may work for long on completing an upload of many parts. */
const IDLE_MS = 60_000;
const ALGORITHM_HEADER = "x-amz-sdk-checksum-algorithm";

export function createClient(config: S3StorageConfig): S3Client {
  return new S3Client({
    ...(config.endpoint ? { endpoint: config.endpoint } : {}),
    region: config.region,
    forcePathStyle: config.forcePathStyle,
    credentials: { accessKeyId: config.accessKeyId, secretAccessKey: config.secretAccessKey },
    // The default signs the CRC32 of an empty body into every presigned PUT, which strict stores refuse.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 3,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: IDLE_MS },
  });
}

/**
 * Signs an upload so that the store checks length, type and digest. All these headers must be signed. The two `x-amz`
 * ones must stay headers: stores silently ignore the digest as a query parameter.
 */
export async function presignUpload(
  client: S3Client,
  command: PutObjectCommand | UploadPartCommand,
  upload: { contentType?: string; sha256: string; ttlSeconds: number },
): Promise<PresignedPut> {
  // Signatures carry whole seconds.
  const signingDate = new Date(Math.floor(Date.now() / 1000) * 1000);
  const url = await getSignedUrl(client, command as PutObjectCommand, {
    signingDate,
    expiresIn: upload.ttlSeconds,
    signableHeaders: new Set([
      "host",
      "content-length",
      CHECKSUM_HEADER,
      ALGORITHM_HEADER,
      // Parts have no type of their own.
      ...(upload.contentType ? ["content-type"] : []),
    ]),
    unhoistableHeaders: new Set([CHECKSUM_HEADER, ALGORITHM_HEADER]),
  });
  return {
    url,
    method: "PUT",
    headers: {
      ...(upload.contentType ? { "content-type": upload.contentType } : {}),
      [CHECKSUM_HEADER]: hexToBase64(upload.sha256),
      [ALGORITHM_HEADER]: "SHA256",
    },
    expiresAt: new Date(signingDate.getTime() + upload.ttlSeconds * 1000),
  };
}

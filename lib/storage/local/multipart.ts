import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#lib/errors/index.ts";
import { PUT_TTL_SECONDS } from "../limits.ts";
import { assertParts } from "../parts.ts";
import type { MultipartStorage, UploadedPart } from "../types.ts";
import {
  assertBody,
  assertContentType,
  assertKey,
  assertPartNumber,
  assertTtl,
  uploadNotFound,
} from "../validate.ts";
import type { LocalStorageContext } from "./context.ts";
import { asStorageError, isMissing } from "./disk-error.ts";
import { openObject, statObject } from "./object-file.ts";
import { presign } from "./presign.ts";
import { makeDirectory, writeObject } from "./write-object.ts";

const DESCRIPTION = "upload.json";

interface OpenUpload {
  key: string;
  contentType: string;
}

/** What was recorded when the upload was opened. Throws `not_found` when it is not open or belongs to another key. */
export async function getUpload(
  context: LocalStorageContext,
  key: string,
  uploadId: string,
): Promise<OpenUpload> {
  assertKey(key);
  try {
    const upload = JSON.parse(
      await readFile(join(context.paths.upload(uploadId), DESCRIPTION), "utf8"),
    ) as OpenUpload;
    if (upload.key === key) return upload;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  throw uploadNotFound();
}

const partEtag = (sha256: string) => `"${sha256}"`;

async function* concatenate(paths: string[]): AsyncGenerator<Buffer> {
  for (const path of paths) {
    const part = await openObject(path);
    if (!part) throw uploadNotFound();
    if (part.stat.sizeBytes === 0) {
      await part.handle.close();
      continue;
    }
    // Closes the handle when it ends, or when the reader gives up.
    yield* part.handle.createReadStream({ start: 0, end: part.stat.sizeBytes - 1, highWaterMark: 1024 ** 2 });
  }
}

export function createLocalMultipart(context: LocalStorageContext): MultipartStorage {
  const { paths } = context;

  async function listParts({ key, uploadId }: { key: string; uploadId: string }): Promise<UploadedPart[]> {
    await getUpload(context, key, uploadId);
    const parts: UploadedPart[] = [];
    for (const name of (await readdir(paths.upload(uploadId))).sort()) {
      const partNumber = Number.parseInt(name, 10);
      if (Number.isNaN(partNumber)) continue;
      const stat = await statObject(paths.part(uploadId, partNumber));
      if (!stat) continue;
      const { sizeBytes, sha256, modifiedAt } = stat;
      parts.push({ partNumber, sizeBytes, etag: partEtag(sha256), modifiedAt });
    }
    return parts;
  }

  return {
    async create({ key, contentType }) {
      assertKey(key);
      assertContentType(contentType);
      await context.sweepWhenDue();
      const uploadId = randomUUID();
      const temporary = join(paths.temporary, uploadId);
      try {
        await makeDirectory(paths.uploads);
        await makeDirectory(paths.temporary);
        await mkdir(temporary, { mode: 0o700 });
        await writeFile(
          join(temporary, DESCRIPTION),
          JSON.stringify({ key, contentType } satisfies OpenUpload),
        );
        await rename(temporary, paths.upload(uploadId));
      } catch (error) {
        await rm(temporary, { recursive: true, force: true });
        throw asStorageError(error);
      }
      return { uploadId };
    },

    async presignPart({ key, uploadId, partNumber, sizeBytes, sha256, ttlSeconds = PUT_TTL_SECONDS }) {
      assertKey(key);
      assertPartNumber(partNumber);
      assertBody({ sizeBytes, sha256 });
      assertTtl(ttlSeconds);
      paths.upload(uploadId);
      return presign(context, { op: "part", key, uploadId, part: partNumber, sizeBytes, sha256 }, ttlSeconds);
    },

    async complete({ key, uploadId, parts }) {
      const { contentType } = await getUpload(context, key, uploadId);
      assertParts(parts, await listParts({ key, uploadId }));
      await writeObject({
        temporaryDirectory: paths.temporary,
        target: paths.object(key),
        body: concatenate(parts.map(({ partNumber }) => paths.part(uploadId, partNumber))),
        contentType,
      });
      await rm(paths.upload(uploadId), { recursive: true, force: true });
    },

    async abort({ key, uploadId }) {
      try {
        await getUpload(context, key, uploadId);
      } catch (error) {
        if (error instanceof AppError && error.code === "not_found") return;
        throw error;
      }
      await rm(paths.upload(uploadId), { recursive: true, force: true });
    },

    listParts,
  };
}

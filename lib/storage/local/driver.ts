import { rmdir, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
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
import type { LocalStorageContext } from "./context.ts";
import { listObjects } from "./list.ts";
import { createLocalMultipart } from "./multipart.ts";
import { asStorageError, isMissing } from "./disk-error.ts";
import { openObject, statObject } from "./object-file.ts";
import { expiryOf, presign } from "./presign.ts";
import { signPermit } from "./signing.ts";
import { writeObject } from "./write-object.ts";

/** Stores objects as files in one folder. `handleStorageRequest` answers its presigned URLs. */
export function createLocalStorage(context: LocalStorageContext): Storage {
  const { paths } = context;

  async function getObject(key: string) {
    const object = await openObject(paths.object(key));
    if (!object) throw objectNotFound();
    return object;
  }

  return {
    async presignPut({ key, contentType, sizeBytes, sha256, ttlSeconds = PUT_TTL_SECONDS }) {
      assertKey(key);
      assertContentType(contentType);
      assertBody({ sizeBytes, sha256 });
      assertTtl(ttlSeconds);
      return presign(context, { op: "put", key, contentType, sizeBytes, sha256 }, ttlSeconds);
    },

    async presignGet({ key, filename, contentType, disposition, ttlSeconds = GET_TTL_SECONDS }) {
      assertKey(key);
      assertTtl(ttlSeconds);
      const expires = expiryOf(ttlSeconds);
      const permit = {
        op: "get",
        key,
        contentType,
        disposition,
        filename: filename.toWellFormed(),
        expires,
      } as const;
      return context.baseUrl + signPermit(context.signingKey, permit);
    },

    async stat(key) {
      return statObject(paths.object(key));
    },

    async read(key, range) {
      if (range) assertRange(range);
      const { handle, stat } = await getObject(key);
      try {
        const start = range?.start ?? 0;
        const length = Math.max(0, Math.min(stat.sizeBytes, (range?.end ?? Infinity) + 1) - start);
        if (length > MAX_READ_BYTES) throw tooLargeToRead();
        const bytes = Buffer.alloc(length);
        for (let done = 0; done < length;) {
          const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
          if (bytesRead === 0) throw objectNotFound();
          done += bytesRead;
        }
        return bytes;
      } finally {
        await handle.close();
      }
    },

    async stream(key) {
      const { handle, stat } = await getObject(key);
      if (stat.sizeBytes > 0) return handle.createReadStream({ start: 0, end: stat.sizeBytes - 1 });
      await handle.close();
      return Readable.from([]);
    },

    async put(key, body, { contentType, sizeBytes }) {
      const target = paths.object(key);
      assertContentType(contentType);
      await context.sweepWhenDue();
      await writeObject({
        temporaryDirectory: paths.temporary,
        target,
        body: Buffer.isBuffer(body) ? [body] : body,
        contentType,
        expected: { sizeBytes },
      });
    },

    async delete(key) {
      const path = paths.object(key);
      try {
        // Not synced: if a power cut brings the object back, it is an orphan and is swept.
        await unlink(path);
      } catch (error) {
        if (!isMissing(error)) throw asStorageError(error);
      }
      await removeEmptyFolders(dirname(path), paths.objects);
    },

    async list({ prefix = "", cursor = "", limit = MAX_LIST_ITEMS }) {
      assertPrefix(prefix);
      return listObjects(paths.objects, {
        prefix,
        cursor,
        limit: Math.max(1, Math.min(limit, MAX_LIST_ITEMS)),
      });
    },

    multipart: createLocalMultipart(context),
  };
}

async function removeEmptyFolders(from: string, root: string): Promise<void> {
  for (let folder = from; folder !== root; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch (error) {
      if (isMissing(error)) continue;
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOTEMPTY" || code === "EEXIST" || code === "EBUSY") return;
      throw error;
    }
  }
}

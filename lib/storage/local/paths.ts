import { join, resolve } from "node:path";
import { assertKey, assertUploadId } from "../validate.ts";
import { AppError } from "#lib/errors/index.ts";

/** Ends every object file, so that no object has the name of a folder that another one needs. */
export const OBJECT_SUFFIX = ".obj";
const localUploadId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Paths under STORAGE_DIR. All on one file system, so that a rename does not copy. */
export interface StoragePaths {
  objects: string;
  temporary: string;
  uploads: string;
  object(key: string): string;
  upload(uploadId: string): string;
  part(uploadId: string, partNumber: number): string;
}

export function storagePaths(directory: string): StoragePaths {
  const root = resolve(/* turbopackIgnore: true */ directory);
  const objects = join(root, "objects");
  const uploads = join(root, "uploads");
  const upload = (uploadId: string) => {
    assertUploadId(uploadId);
    if (!localUploadId.test(uploadId)) throw new AppError("not_found", "No such open upload in the storage");
    return join(uploads, uploadId);
  };
  return {
    objects,
    uploads,
    temporary: join(root, "temporary"),
    object(key) {
      assertKey(key);
      return join(objects, `${key}${OBJECT_SUFFIX}`);
    },
    upload,
    part: (uploadId, partNumber) =>
      join(upload(uploadId), `${String(partNumber).padStart(5, "0")}${OBJECT_SUFFIX}`),
  };
}

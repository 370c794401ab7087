import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import type { Storage } from "./types.ts";

export type { Storage } from "./types.ts";

/** Loads the driver at first use: a build needs no settings, and the local driver does not load the S3 client. */
async function openStorage(): Promise<Storage> {
  if (env.STORAGE_DRIVER === "local") {
    const { localStorageFromEnv } = await import("./local/from-env.ts");
    return localStorageFromEnv();
  }
  const { S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = env;
  if (!S3_BUCKET || !S3_ACCESS_KEY_ID || !S3_SECRET_ACCESS_KEY) {
    throw new AppError("internal", "The s3 driver lacks its bucket or credentials");
  }
  const { createS3Storage } = await import("./s3/driver.ts");
  return createS3Storage({
    endpoint: env.S3_ENDPOINT,
    region: env.S3_REGION,
    bucket: S3_BUCKET,
    accessKeyId: S3_ACCESS_KEY_ID,
    secretAccessKey: S3_SECRET_ACCESS_KEY,
    forcePathStyle: env.S3_FORCE_PATH_STYLE,
  });
}

let opened: Promise<Storage> | undefined;
const driver = () =>
  (opened ??= openStorage().catch((error: unknown) => {
    opened = undefined;
    throw error;
  }));

/** The store that STORAGE_DRIVER names. */
export const storage: Storage = {
  presignPut: async (options) => (await driver()).presignPut(options),
  presignGet: async (options) => (await driver()).presignGet(options),
  stat: async (key) => (await driver()).stat(key),
  read: async (key, range) => (await driver()).read(key, range),
  stream: async (key) => (await driver()).stream(key),
  put: async (key, body, options) => (await driver()).put(key, body, options),
  delete: async (key) => (await driver()).delete(key),
  list: async (options) => (await driver()).list(options),
  multipart: {
    create: async (options) => (await driver()).multipart.create(options),
    presignPart: async (options) => (await driver()).multipart.presignPart(options),
    complete: async (options) => (await driver()).multipart.complete(options),
    abort: async (options) => (await driver()).multipart.abort(options),
    listParts: async (options) => (await driver()).multipart.listParts(options),
  },
};

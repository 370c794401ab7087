import { readdir, rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { asStorageError, isMissing } from "./disk-error.ts";
import { type StoragePaths, storagePaths } from "./paths.ts";
import { deriveSigningKey } from "./signing.ts";

const STALE_MS = 24 * 3600 * 1000;
const SWEEP_EVERY_MS = 3600 * 1000;

export interface LocalStorageConfig {
  directory: string;
  /** AUTH_SECRET. All instances share it, so each accepts the URLs of the others. */
  secret: string;
  appUrl: string;
  /** The origin that serves stored bytes, where it is not the application's. */
  contentOrigin?: string | undefined;
}

/** What the driver and the storage route share. */
export interface LocalStorageContext {
  paths: StoragePaths;
  signingKey: Buffer;
  /** Address of the storage route, ending in a slash. */
  baseUrl: string;
  appOrigin: string;
  contentOrigin: string;
  /** Uploads in flight, by target path. */
  arriving: Map<string, IncomingMessage>;
  /** Removes what crashes left behind, at the first write and then at most once an hour. Await it before each write. */
  sweepWhenDue(): Promise<void>;
}

/**
 * Removes unfinished files that nobody wrote to for a day, and multipart uploads a day after their last part. A file
 * being written has a fresh modification time, so instances on one folder never sweep each other's work.
 */
export async function sweepStale(paths: StoragePaths, now = Date.now()): Promise<void> {
  for (const folder of [paths.temporary, paths.uploads]) {
    for (const name of await readdir(folder).catch(ignoreMissing<string[]>([]))) {
      const path = join(folder, name);
      const entry = await stat(path).catch(ignoreMissing(null));
      if (entry && now - entry.mtimeMs > STALE_MS) await rm(path, { recursive: true, force: true });
    }
  }
}

function ignoreMissing<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (isMissing(error)) return otherwise;
    throw error;
  };
}

export function createLocalContext(config: LocalStorageConfig): LocalStorageContext {
  const paths = storagePaths(config.directory);
  const appOrigin = new URL(config.appUrl).origin;
  const contentOrigin = config.contentOrigin ? new URL(config.contentOrigin).origin : appOrigin;
  let swept: Promise<void> | undefined;
  let sweptAt = 0;
  return {
    paths,
    signingKey: deriveSigningKey(config.secret),
    baseUrl: `${contentOrigin}/storage/`,
    appOrigin,
    contentOrigin,
    arriving: new Map(),
    sweepWhenDue() {
      if (!swept || Date.now() - sweptAt > SWEEP_EVERY_MS) {
        sweptAt = Date.now();
        swept = sweepStale(paths).catch((error: unknown) => {
          swept = undefined;
          throw asStorageError(error);
        });
      }
      return swept;
    },
  };
}

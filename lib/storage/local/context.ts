import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { asStorageError, isMissing } from "./disk-error.ts";
import { type StoragePaths, storagePaths } from "./paths.ts";
import { deriveSigningKey } from "./signing.ts";

const STALE_MS = 24 * 3600 * 1000;
const SWEEP_EVERY_MS = 3600 * 1000;

export interface LocalStorageConfig {
  directory: string;
  /** AUTH_SECRET; all instances share it, so each honours the URLs of the others. */
  secret: string;
  appUrl: string;
  /** Where stored bytes are served from, if not from the application's own origin. */
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
  /** To be awaited before a write: clears what crashes left behind, at the first write and then at most hourly. */
  sweepWhenDue(): Promise<void>;
}

/**
 * Removes unfinished files untouched for a day, and multipart uploads a day after their last part. What is being
 * written keeps a fresh modification time, so that several instances on one folder never sweep each other's work.
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

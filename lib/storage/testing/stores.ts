import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalContext, type LocalStorageContext } from "../local/context.ts";
import { createLocalStorage } from "../local/driver.ts";
import { createStorageHandler } from "../local/handler.ts";
import { createClient, type S3StorageConfig } from "../s3/client.ts";
import { createS3Storage } from "../s3/driver.ts";
import type { Storage } from "../types.ts";

export interface TestStore {
  storage: Storage;
  close(): Promise<void>;
}

export interface LocalTestStore extends TestStore {
  context: LocalStorageContext;
  directory: string;
  server: Server;
  /** Faults of the server. */
  faults: unknown[];
}

/** The local driver on an empty folder, with its route on a free port. */
export async function openLocalStore(
  options: { directory?: string; contentHost?: string; appPort?: number; idleMs?: number } = {},
): Promise<LocalTestStore> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "sheaf-storage-")));
  const faults: unknown[] = [];
  const server = createServer((request, response) => {
    void handle(request, response);
  });
  server.requestTimeout = 0;
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const context = createLocalContext({
    directory,
    secret: randomUUID(),
    appUrl: `http://127.0.0.1:${options.appPort ?? port}`,
    contentOrigin: options.contentHost && `http://${options.contentHost}:${port}`,
  });
  const handle = createStorageHandler(context, {
    onFault: (error) => faults.push(error),
    idleMs: options.idleMs,
  });
  return {
    storage: createLocalStorage(context),
    context,
    directory,
    server,
    faults,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      if (!options.directory) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The s3 driver on a new bucket. */
export async function openS3Store(account: Omit<S3StorageConfig, "bucket">): Promise<TestStore> {
  const config = { ...account, bucket: `sheaf-test-${randomUUID()}` };
  await createClient(config).send(new CreateBucketCommand({ Bucket: config.bucket }));
  return { storage: createS3Storage(config), close: async () => undefined };
}

export const randomKey = (extension = ".pdf"): string =>
  `${randomUUID()}/${randomUUID()}/${randomUUID()}${extension}`;
export const sha256 = (body: Buffer): string => createHash("sha256").update(body).digest("hex");

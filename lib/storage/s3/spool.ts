import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

interface Measured {
  sizeBytes: number;
  sha256: string;
  open(): Buffer | Readable;
}

/** Calls `send` with the body's length and digest. S3 wants both before the first byte, so streams go through a file. */
export async function withMeasured<T>(
  body: Buffer | Readable,
  send: (measured: Measured) => Promise<T>,
): Promise<T> {
  const hash = createHash("sha256");
  if (Buffer.isBuffer(body)) {
    return send({ sizeBytes: body.length, sha256: hash.update(body).digest("hex"), open: () => body });
  }
  const folder = await mkdtemp(join(tmpdir(), "sheaf-put-"));
  try {
    const path = join(folder, "body");
    let sizeBytes = 0;
    await pipeline(
      body,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          sizeBytes += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(path, { mode: 0o600 }),
    );
    return await send({ sizeBytes, sha256: hash.digest("hex"), open: () => createReadStream(path) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

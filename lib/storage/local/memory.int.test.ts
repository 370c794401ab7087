import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Question } from "../testing/serve.ts";
import { randomKey } from "../testing/stores.ts";
import type { PresignedPut } from "../types.ts";

const MIB = 1024 ** 2;
const CHUNKS = 512;
const SIZE_BYTES = CHUNKS * MIB;
/** Far below the size of the object, far above a few buffers and their garbage. */
const ALLOWED_GROWTH_BYTES = 160 * MIB;
const chunk = Buffer.alloc(MIB, "sheaf");

let server: ChildProcess;
beforeAll(async () => {
  server = fork(join(import.meta.dirname, "../testing/serve.ts"));
  await once(server, "message");
});
afterAll(async () => {
  server.disconnect();
  await once(server, "exit");
});

async function ask<T>(question: Question): Promise<T> {
  server.send(question);
  return ((await once(server, "message")) as [T])[0];
}

test("a file of 512 MiB passes through in constant memory, both ways", { timeout: 120_000 }, async () => {
  const key = randomKey();
  const contentType = "application/pdf";
  const hash = createHash("sha256");
  for (let index = 0; index < CHUNKS; index++) hash.update(chunk);
  const sha256 = hash.digest("hex");
  const before = await ask<number>({ ask: "peak" });

  const { url, headers } = await ask<PresignedPut>({
    ask: "put",
    options: { key, contentType, sizeBytes: SIZE_BYTES, sha256 },
  });
  const put = request(url, { method: "PUT", headers: { ...headers, "content-length": SIZE_BYTES } });
  const answered = once(put, "response");
  await pipeline(Readable.from(Array(CHUNKS).fill(chunk)), put);
  const [answer] = await answered;
  answer.resume();
  expect(answer.statusCode).toBe(200);
  expect((await ask<number>({ ask: "peak" })) - before).toBeLessThan(ALLOWED_GROWTH_BYTES);

  const options = { key, filename: "a.pdf", contentType, disposition: "inline" } as const;
  const download = request(await ask<string>({ ask: "get", options })).end();
  const [response] = await once(download, "response");
  const received = createHash("sha256");
  await pipeline(response, received);
  expect(received.digest("hex")).toBe(sha256);
  expect((await ask<number>({ ask: "peak" })) - before).toBeLessThan(ALLOWED_GROWTH_BYTES);
});

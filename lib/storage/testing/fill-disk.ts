import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { AppError } from "#lib/errors/index.ts";
import { send } from "./http.ts";
import { openLocalStore, randomKey, sha256 } from "./stores.ts";

// A test runs this in a folder with little space. It prints what happened to bodies that do not fit.
const store = await openLocalStore({ directory: process.argv[2]! });
const { storage } = store;
const contentType = "application/pdf";
const body = randomBytes(6_000_000);
const described = { key: randomKey(), sizeBytes: body.length, sha256: sha256(body) };

const { url, method, headers } = await storage.presignPut({ ...described, contentType });
const upload = await send(url, { method, headers: { ...headers, "content-length": body.length }, body });
const put = await storage.put(randomKey(), body, { contentType }).then(
  () => "stored",
  (error: unknown) => (error instanceof AppError ? `${error.code} ${error.reason}` : String(error)),
);
const { uploadId } = await storage.multipart.create({ key: described.key, contentType });
const part = await storage.multipart.presignPart({ ...described, uploadId, partNumber: 1 });
const sent = await send(part.url, {
  method,
  headers: { ...part.headers, "content-length": body.length },
  body,
});

const left = await readdir(store.context.paths.temporary);
const small = await storage.put(randomKey(), randomBytes(1000), { contentType }).then(() => "stored");
process.stdout.write(
  JSON.stringify({
    upload: { status: upload.status, body: upload.body.toString() },
    put,
    part: sent.status,
    left,
    small,
    faults: store.faults.length,
  }),
);
await store.close();

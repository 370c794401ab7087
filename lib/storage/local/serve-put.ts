import type { IncomingMessage, ServerResponse } from "node:http";
import { CHECKSUM_HEADER, hexToBase64 } from "../checksum.ts";
import { uploadNotFound } from "../validate.ts";
import type { LocalStorageContext } from "./context.ts";
import { getUpload } from "./multipart.ts";
import { isMissing } from "./disk-error.ts";
import { Refusal } from "./refusal.ts";
import type { Permit } from "./signing.ts";
import { writeObject } from "./write-object.ts";

type PutPermit = Exclude<Permit, { op: "get" }>;

/** Compares the request with what was signed, before a byte of its body is read. */
function checkHeaders(request: IncomingMessage, permit: PutPermit): void {
  const { headers } = request;
  if (headers["transfer-encoding"] !== undefined || headers["content-length"] === undefined) {
    throw new Refusal(411, "The upload must say its length.");
  }
  if (headers["content-length"] !== String(permit.sizeBytes)) {
    throw new Refusal(403, "The upload has another length than was signed.");
  }
  if (permit.op === "put" && headers["content-type"] !== permit.contentType) {
    throw new Refusal(403, "The upload has another content type than was signed.");
  }
  if (headers[CHECKSUM_HEADER] !== hexToBase64(permit.sha256)) {
    throw new Refusal(403, "The upload has another checksum than was signed.");
  }
  if (headers["content-encoding"] !== undefined) {
    throw new Refusal(403, "The upload has a content encoding, which was not signed.");
  }
}

/**
 * The body as it arrives. A reader that stops early keeps the connection, so the refusal can be answered. After the last
 * byte the idle limit ends, because a slow disk is not the client's idleness.
 */
async function* received(request: IncomingMessage, response: ServerResponse): AsyncGenerator<Buffer> {
  yield* request.iterator({ destroyOnReturn: false });
  response.setTimeout(0);
}

/** Stores the body at the permit's key and checks it against what was signed. */
async function store(
  context: LocalStorageContext,
  permit: PutPermit,
  target: string,
  body: AsyncIterable<Buffer>,
): Promise<void> {
  const { sizeBytes, sha256 } = permit;
  const common = {
    ...{ temporaryDirectory: context.paths.temporary, target, body },
    expected: { sizeBytes, sha256 },
  };
  await context.sweepWhenDue();
  if (permit.op === "put") {
    await writeObject({ ...common, contentType: permit.contentType });
    return;
  }
  const { contentType } = await getUpload(context, permit.key, permit.uploadId);
  try {
    await writeObject({ ...common, contentType, createFolder: false });
  } catch (error) {
    throw isMissing(error) ? uploadNotFound(error) : error;
  }
}

export async function servePut(
  context: LocalStorageContext,
  permit: PutPermit,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  checkHeaders(request, permit);
  const { paths, arriving } = context;
  const target = permit.op === "put" ? paths.object(permit.key) : paths.part(permit.uploadId, permit.part);
  // A client that sends again has lost its earlier connection. Many at a time would fill the disk with one signed upload.
  const before = arriving.get(target);
  if (before && !before.complete) before.destroy();
  arriving.set(target, request);
  try {
    await store(context, permit, target, received(request, response));
  } finally {
    if (arriving.get(target) === request) arriving.delete(target);
  }
  response
    .writeHead(200, { ETag: `"${permit.sha256}"`, "Content-Length": 0, "Cache-Control": "no-store" })
    .end();
}

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
 * The body as it arrives. Leaving early keeps the connection, so that the reason can be answered; once all has arrived
 * the client waits for us, and a slow disk must not count as the client's idleness.
 */
async function* received(request: IncomingMessage, response: ServerResponse): AsyncGenerator<Buffer> {
  yield* request.iterator({ destroyOnReturn: false });
  response.setTimeout(0);
}

export async function servePut(
  context: LocalStorageContext,
  permit: PutPermit,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  checkHeaders(request, permit);
  const { paths } = context;
  const { sizeBytes, sha256 } = permit;
  const common = {
    temporaryDirectory: paths.temporary,
    body: received(request, response),
    expected: { sizeBytes, sha256 },
  };
  await context.sweepWhenDue();
  if (permit.op === "put") {
    await writeObject({ ...common, target: paths.object(permit.key), contentType: permit.contentType });
  } else {
    const { contentType } = await getUpload(context, permit.key, permit.uploadId);
    const target = paths.part(permit.uploadId, permit.part);
    try {
      await writeObject({ ...common, target, contentType, createFolder: false });
    } catch (error) {
      throw isMissing(error) ? uploadNotFound(error) : error;
    }
  }
  response.writeHead(200, { ETag: `"${sha256}"`, "Content-Length": 0, "Cache-Control": "no-store" }).end();
}

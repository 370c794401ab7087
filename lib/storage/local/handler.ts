import type { IncomingMessage, ServerResponse } from "node:http";
import { env } from "#lib/env/index.ts";
import { canonicalHost } from "#lib/http/host.ts";
import { log } from "#lib/log/index.ts";
import { CHECKSUM_HEADER } from "../checksum.ts";
import { isKey } from "../validate.ts";
import type { LocalStorageContext } from "./context.ts";
import { localContextFromEnv } from "./from-env.ts";
import { asRefusal, Refusal, sendRefusal } from "./refusal.ts";
import { serveGet } from "./serve-get.ts";
import { servePut } from "./serve-put.ts";
import { type Permit, verifyPermit } from "./signing.ts";

const PREFIX = "/storage/";
const METHODS = "GET, HEAD, PUT, OPTIONS";
const DEFAULT_IDLE_MS = 60_000;

/** The permit that the request's address carries. */
function authorize(context: LocalStorageContext, request: IncomingMessage): Permit {
  const [path = "", search = "", ...rest] = (request.url ?? "").split("?");
  // Keys need no escapes, so the path is taken as it was sent: nothing is decoded, nothing resolved.
  const key = path.slice(PREFIX.length);
  if (!path.startsWith(PREFIX) || !isKey(key) || rest.length > 0) {
    throw new Refusal(400, "This is not the address of a stored object.");
  }
  const permit = verifyPermit(context.signingKey, key, search);
  const isUpload = request.method === "PUT";
  if (!permit || isUpload !== (permit.op !== "get")) throw new Refusal(403, "This address is not valid.");
  if (Date.now() >= permit.expires * 1000) throw new Refusal(403, "This address has expired.");
  return permit;
}

/** Headers of every answer: stored bytes are not executed, their type is not guessed, their address is not sent on. */
function setCommonHeaders(
  context: LocalStorageContext,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const isForeign = context.contentOrigin !== context.appOrigin;
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Content-Security-Policy", "sandbox; default-src 'none'");
  response.setHeader("Referrer-Policy", "no-referrer");
  // Bytes on an origin of their own are embedded by the application, which is another site to them.
  response.setHeader("Cross-Origin-Resource-Policy", isForeign ? "cross-origin" : "same-origin");
  if (!isForeign) return;
  response.setHeader("Vary", "Origin");
  if (request.headers.origin !== context.appOrigin) return;
  response.setHeader("Access-Control-Allow-Origin", context.appOrigin);
  response.setHeader(
    "Access-Control-Expose-Headers",
    "ETag, Content-Range, Content-Length, Content-Disposition, Accept-Ranges",
  );
  if (request.method !== "OPTIONS") return;
  response.setHeader("Access-Control-Allow-Methods", METHODS);
  response.setHeader(
    "Access-Control-Allow-Headers",
    `content-type, ${CHECKSUM_HEADER}, range, if-range, if-none-match`,
  );
  response.setHeader("Access-Control-Max-Age", "600");
}

/**
 * Where stored bytes have an origin of their own, refuses to serve them under the application's host, however it is
 * spelled. Ports are ignored, as cookies ignore them, unless the two origins differ by the port alone.
 */
function checkHost({ appOrigin, contentOrigin }: LocalStorageContext, { headers }: IncomingMessage): void {
  if (contentOrigin === appOrigin) return;
  const app = new URL(appOrigin);
  const hostOf = (text?: string) =>
    canonicalHost(text?.trim(), app.protocol === "https:" ? "https:" : "http:");
  const nameOf = (text?: string) => hostOf(text)?.replace(/:\d+$/, "");
  const isOneName = nameOf(app.host) === nameOf(new URL(contentOrigin).host);
  const spelling = isOneName ? hostOf : nameOf;
  // a trusted proxy may put its own name into Host and the asked one into X-Forwarded-Host
  const told = [headers.host, ...[headers["x-forwarded-host"] ?? []].flat().join(",").split(",")];
  if (told.some((text) => spelling(text) === spelling(app.host)))
    throw new Refusal(421, "Stored objects have another address.");
}

interface StorageHandlerOptions {
  /** Called for faults of the server, for which the client gets a 500. */
  onFault(error: unknown): void;
  idleMs?: number | undefined;
}

/**
 * The route behind the local driver's presigned URLs. Never rejects. Cuts off a client that neither sends nor reads a
 * byte for `idleMs` (60 seconds by default).
 */
export function createStorageHandler(
  context: LocalStorageContext,
  { onFault, idleMs = DEFAULT_IDLE_MS }: StorageHandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    setCommonHeaders(context, request, response);
    response.setTimeout(idleMs, () => request.socket.destroy());
    try {
      if (request.method === "OPTIONS") {
        response.writeHead(204, { Allow: METHODS }).end();
        return;
      }
      if (request.method !== "GET" && request.method !== "HEAD" && request.method !== "PUT") {
        throw new Refusal(405, "Stored objects know GET, HEAD and PUT.", { Allow: METHODS });
      }
      checkHost(context, request);
      const permit = authorize(context, request);
      if (permit.op === "get") await serveGet(context, permit, request, response);
      else await servePut(context, permit, request, response);
    } catch (error) {
      // The client is gone or was cut off: nobody can receive an answer.
      if (request.socket.destroyed) return;
      const refusal = asRefusal(error);
      if (!refusal) onFault(error);
      if (response.headersSent) request.socket.destroy();
      else sendRefusal(request, response, refusal ?? new Refusal(500, "Something went wrong here."));
    }
  };
}

let handler: ReturnType<typeof createStorageHandler> | undefined;

/** Mounted by the server at `/storage/`, outside of limits on bodies and request times. 404 on other drivers. */
export async function handleStorageRequest(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (env.STORAGE_DRIVER !== "local") {
    sendRefusal(request, response, new Refusal(404, "There is nothing at this address."));
    return;
  }
  handler ??= createStorageHandler(localContextFromEnv(), {
    onFault: (error) => log().error({ err: error }, "storage request failed"),
  });
  await handler(request, response);
}

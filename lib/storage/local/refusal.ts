import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "#lib/errors/index.ts";

/** An answer of the storage route other than success; `message` is its plain-text body. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.headers = headers;
  }
}

/** How much of a refused body is read and discarded, so that the client reads the answer before the connection closes. */
const DRAIN_BYTES = 64 * 1024 ** 2;
const DRAIN_MS = 10_000;

/** Maps errors of reading and writing to a refusal; null for faults of the server. */
export function asRefusal(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (!(error instanceof AppError)) return null;
  if (error.code === "content_mismatch") return new Refusal(400, `${error.message}. Nothing was stored.`);
  if (error.code === "not_found") return new Refusal(404, "There is nothing at this address.");
  if (error.reason === "storageFull") return new Refusal(507, "The storage is full. Nothing was stored.");
  if (error.code === "upstream_unavailable")
    return new Refusal(503, "The storage cannot do this now. Try again later.");
  return null;
}

/** Answers a refusal. Reads on for a while if the client still sends its body, then cuts the connection. */
export function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const body = `${refusal.message}\n`;
  if (!request.complete) drain(request, response);
  response.writeHead(refusal.status, {
    ...refusal.headers,
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function drain(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  // Closing with unread bytes resets the connection, and the answer may be lost.
  const isLast = !response.shouldKeepAlive;
  response.shouldKeepAlive = true;
  const cut = setTimeout(() => socket.destroy(), DRAIN_MS);
  // "close" is emitted in any case, also when the client hung up
  request.once("close", () => clearTimeout(cut));
  request.on("error", () => undefined);
  if (isLast) request.once("end", () => socket.end());
  let drained = 0;
  request.on("data", (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > DRAIN_BYTES) socket.destroy();
  });
}

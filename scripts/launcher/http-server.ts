import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { refusalOfForm } from "#lib/http/form-door.ts";
import { isPageForm, refusalAtDoor } from "#lib/http/front-door.ts";
import { guardPage, setCommonHeaders } from "#lib/http/page-headers.ts";
import { refuse } from "#lib/http/refuse.ts";

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export interface AppServerOptions {
  /** Pages and the API. */
  handle: Handler;
  /** The route of the local storage driver, below `/storage/`. Null with another driver. */
  handleStorage: Handler | null;
  /** Event streams, which stay open. */
  handleEvents: Handler;
  /** Whether a reverse proxy in front sets the X-Forwarded headers. */
  trustProxy: boolean;
  /** Whether people reach the app by https. */
  secure: boolean;
  /** Allows the addresses and web sockets of hot reload. */
  isDevelopment?: boolean;
  /** The content-security policy of a page whose scripts carry the nonce. */
  pagePolicy(nonce: string): string;
  onError(error: unknown): void;
}

export interface AppServer {
  server: Server;
  /** Refuses new connections, waits up to `graceMs` for requests in flight, then cuts the rest. */
  drain(graceMs: number): Promise<void>;
}

/** Node's default for a whole request. It holds for everything except uploads, which may be large and slow. */
const REQUEST_TIMEOUT_MS = 300_000;
/** An upload or download without a byte for this long is cut off. */
const STORAGE_IDLE_MS = 60_000;
/** Longer than the idle time of common load balancers (60 s), so that they never reuse a connection just closed. */
const KEEP_ALIVE_MS = 65_000;

const FORWARDED = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-real-ip",
];
/** Headers between Next's own parts. Clients have used them to skip checks. */
const INTERNAL = [
  "x-middleware-subrequest",
  "x-middleware-subrequest-id",
  "x-middleware-invoke",
  "x-invoke-path",
];

/**
 * The HTTP server around Next. It refuses malformed requests, sets the headers of every answer, replaces headers that
 * clients may not set, bounds times, serves storage and stops in order.
 */
export function createAppServer(options: AppServerOptions): AppServer {
  const isDevelopment = options.isDevelopment ?? false;
  const open = new Set<ServerResponse>();
  /** Web sockets of hot reload: the HTTP server does not list them, yet waits for them when it closes. */
  const upgraded = new Set<Duplex>();
  let draining = false;

  const onRequest = (req: IncomingMessage, res: ServerResponse) => {
    open.add(res);
    res.once("close", () => open.delete(res));
    for (const name of INTERNAL) delete req.headers[name];
    if (!options.trustProxy) for (const name of FORWARDED) delete req.headers[name];
    // the connection's own address, for limits and the audit log (lib/http/request.ts); clients cannot set it
    req.headers["x-sheaf-address"] = req.socket.remoteAddress;
    if (draining) res.setHeader("Connection", "close");
    setCommonHeaders(res, options.secure, req.url);

    answer(req, res).catch((error: unknown) => {
      options.onError(error);
      if (res.headersSent) res.destroy();
      else res.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" }).end("Something went wrong.\n");
    });
  };

  const answer: Handler = async (req, res) => {
    const isStorage = options.handleStorage !== null && req.url?.startsWith("/storage/") === true;
    // set for each request, because one connection may carry both kinds
    req.socket.setTimeout(isStorage ? STORAGE_IDLE_MS : 0);
    if (!isStorage) limitRequestTime(req);
    const refusal = refusalAtDoor(req, isDevelopment) ?? (isPageForm(req) ? await refusalOfForm(req) : null);
    if (refusal) return refuse(req, res, refusal);
    if (isStorage && options.handleStorage) return options.handleStorage(req, res);
    if (req.method === "GET" && /^\/api\/v1\/events(\?|$)/.test(req.url ?? ""))
      return options.handleEvents(req, res);
    guardPage(req, res, options.pagePolicy);
    return options.handle(req, res);
  };

  const server = createServer(
    {
      requestTimeout: 0,
      headersTimeout: 60_000,
      keepAliveTimeout: KEEP_ALIVE_MS,
      requireHostHeader: true,
      // otherwise the request is answered as if it had no Upgrade header (RFC 9110, 7.8)
      shouldUpgradeCallback: () => isDevelopment,
    },
    onRequest,
  );
  server.on("upgrade", (_, socket) => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
  });
  server.on("checkExpectation", (_, res) => {
    setCommonHeaders(res, options.secure);
    res.writeHead(417, { "Content-Length": 0, Connection: "close" }).end();
  });
  server.on("connect", (_, socket) => {
    socket.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n");
  });

  return {
    server,
    async drain(graceMs) {
      draining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of upgraded) socket.destroy();
      for (const res of open) {
        if (!res.headersSent) res.setHeader("Connection", "close");
        // Event streams never end by themselves, and browsers reconnect.
        else if (res.req.headers.accept?.includes("text/event-stream")) res.end();
      }
      // Also closes connections that become idle later.
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      const late = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(late);
    },
  };
}

/** Like `requestTimeout`, for one request: cuts off a body that is not complete in time. */
function limitRequestTime(req: IncomingMessage): void {
  const timer = setTimeout(() => {
    if (!req.complete) req.destroy();
  }, REQUEST_TIMEOUT_MS).unref();
  req.once("end", () => clearTimeout(timer));
  req.once("close", () => clearTimeout(timer));
}

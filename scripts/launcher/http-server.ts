import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export interface AppServerOptions {
  /** Pages and the API. */
  handle: Handler;
  /** Bytes of the local storage driver, below `/storage/`; null when another driver is configured. */
  handleStorage: Handler | null;
  /** Whether a reverse proxy in front sets the X-Forwarded headers. */
  trustProxy: boolean;
  /** Whether people reach the app by https. */
  secure: boolean;
  onError(error: unknown): void;
}

export interface AppServer {
  server: Server;
  /** Refuses new connections, waits for requests in flight up to `graceMs`, then cuts what is left. */
  drain(graceMs: number): Promise<void>;
}

/** Node's own default for a whole request, which is kept for everything but uploads of any size and speed. */
const REQUEST_TIMEOUT_MS = 300_000;
/** An upload or download that moves no byte for this long is given up. */
const STORAGE_IDLE_MS = 60_000;
/** Longer than the idle time of common load balancers (60 s): a connection they reuse must not just have been closed. */
const KEEP_ALIVE_MS = 65_000;

const FORWARDED = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-real-ip",
];
/** Headers between Next's own parts. From outside they have been used to skip checks. */
const INTERNAL = [
  "x-middleware-subrequest",
  "x-middleware-subrequest-id",
  "x-middleware-invoke",
  "x-invoke-path",
];

/** The HTTP server around Next: timeouts, headers that nobody outside may set, storage beside Next, and an orderly end. */
export function createAppServer(options: AppServerOptions): AppServer {
  const open = new Set<ServerResponse>();
  /** Web sockets (hot reload): the HTTP server forgets about them, and yet does not close before them. */
  const upgraded = new Set<Duplex>();
  let draining = false;

  const onRequest = (req: IncomingMessage, res: ServerResponse) => {
    open.add(res);
    res.once("close", () => open.delete(res));
    for (const name of INTERNAL) delete req.headers[name];
    if (!options.trustProxy) for (const name of FORWARDED) delete req.headers[name];
    // the connection's own address, for limits and the audit log (lib/http/request.ts); never what a client claims
    req.headers["x-sheaf-address"] = req.socket.remoteAddress;
    if (options.secure) res.setHeader("Strict-Transport-Security", "max-age=31536000");
    if (draining) res.setHeader("Connection", "close");

    const isStorage = options.handleStorage !== null && req.url?.startsWith("/storage/") === true;
    if (isStorage) req.socket.setTimeout(STORAGE_IDLE_MS);
    else limitRequestTime(req);
    const handler = isStorage && options.handleStorage ? options.handleStorage : options.handle;
    handler(req, res).catch((error: unknown) => {
      options.onError(error);
      if (res.headersSent) res.destroy();
      else res.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" }).end("Something went wrong.\n");
    });
  };

  const server = createServer(
    { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: KEEP_ALIVE_MS, requireHostHeader: true },
    onRequest,
  );
  server.on("upgrade", (_, socket) => {
    // Next listens, too, once it takes them; alone, this listener would leave the caller waiting.
    if (server.listenerCount("upgrade") === 1) return socket.destroy();
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
  });

  return {
    server,
    async drain(graceMs) {
      draining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of upgraded) socket.destroy();
      for (const res of open) {
        if (!res.headersSent) res.setHeader("Connection", "close");
        // Event streams never end by themselves; browsers come back to them on their own.
        else if (res.req.headers.accept?.includes("text/event-stream")) res.end();
      }
      // Connections that become idle from now on are closed, too.
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      const late = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(late);
    },
  };
}

/** What `requestTimeout` does, for one request: a body that is not complete in time is cut off. */
function limitRequestTime(req: IncomingMessage): void {
  const timer = setTimeout(() => {
    if (!req.complete) req.destroy();
  }, REQUEST_TIMEOUT_MS).unref();
  req.once("end", () => clearTimeout(timer));
  req.once("close", () => clearTimeout(timer));
}

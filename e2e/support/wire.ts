import http from "node:http";

export interface Ask {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Reply {
  status: number;
  location: string | null;
  headers: http.IncomingHttpHeaders;
  body: string;
  /**
   * All that came, as it came: status line, every header in its order, body. Only what must differ between two answers
   * (the time and the request's id) is left out.
   */
  bytes: string;
}

/** Calls one server over kept connections, at most `connections` at a time. */
export class Wire {
  readonly #base: URL;
  readonly #agent: http.Agent;
  readonly #sockets = new WeakSet<object>();
  /** How many connections it has ever opened. */
  opened = 0;

  constructor(base: string, connections: number) {
    this.#base = new URL(base);
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  }

  ask({ method, path, headers = {}, body }: Ask): Promise<Reply> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          agent: this.#agent,
          host: this.#base.hostname,
          port: this.#base.port,
          method,
          path,
          headers: {
            ...(text !== undefined && {
              "content-type": "application/json",
              "content-length": Buffer.byteLength(text),
            }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          // a stream does not end by itself
          if (response.headers["content-type"]?.startsWith("text/event-stream")) {
            response.destroy();
            return resolve(toReply(response, ""));
          }
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => resolve(toReply(response, Buffer.concat(chunks).toString("latin1"))));
        },
      );
      request.on("error", reject);
      request.on("socket", (socket) => {
        if (!this.#sockets.has(socket)) this.opened += 1;
        this.#sockets.add(socket);
      });
      request.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

const volatile = new Set([
  ...["date", "x-request-id"],
  // how many calls are left is the same for whatever is asked
  ...["ratelimit", "ratelimit-remaining", "ratelimit-reset"],
]);

function toReply(
  { statusCode = 0, statusMessage, rawHeaders, headers }: http.IncomingMessage,
  body: string,
): Reply {
  const lines: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    lines.push(`${name}: ${volatile.has(name.toLowerCase()) ? "…" : rawHeaders[at + 1]}`);
  }
  const requestId = headers["x-request-id"];
  const stable = typeof requestId === "string" ? body.replaceAll(requestId, "…") : body;
  return {
    status: statusCode,
    location: headers.location ?? null,
    headers,
    body,
    bytes: [`${statusCode} ${statusMessage}`, ...lines, "", stable].join("\n"),
  };
}

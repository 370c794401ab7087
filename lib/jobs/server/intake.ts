import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { type Database, isOutage } from "./database.ts";
import { type JobEvent, postedEvents } from "./event.ts";
import { parseJson } from "./json.ts";
import type { JobLog } from "./options.ts";
import { storeEvents } from "./runs.ts";

const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The HTTP side: `POST /e/{eventKey}`, where `inngest.send()` puts events, and `GET /health`. */
export interface Intake {
  port: number;
  stop(): Promise<void>;
}

interface Parts {
  database: Database;
  eventKey: string;
  log: JobLog;
  isReady(): boolean;
  onEvents(): void;
}

class RefusedError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws when the port is taken */
export async function startIntake(
  host: string,
  port: number,
  { database, eventKey, log, isReady, onEvents }: Parts,
): Promise<Intake> {
  async function answer(request: http.IncomingMessage): Promise<object> {
    const [path = ""] = (request.url ?? "").split("?");
    if (request.method === "GET" && path === "/health") return { synced: isReady() };
    if (request.method !== "POST" || !path.startsWith("/e/")) throw new RefusedError(404, "Nothing is here.");
    if (
      !same(path.slice("/e/".length), encodeURIComponent(eventKey)) &&
      !same(path.slice("/e/".length), eventKey)
    ) {
      throw new RefusedError(401, "The event key is not known.");
    }
    const parsed = postedEvents.safeParse(readJson(await readBody(request)));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new RefusedError(400, `Not an event: ${issue?.path.join(".")} ${issue?.message}`);
    }
    const seed = request.headers["x-inngest-event-id-seed"]; // the same in every try of one send()
    const events = parsed.data.map((posted, index): JobEvent => ({
      ...posted,
      id: posted.id ?? (typeof seed === "string" ? seededId(seed, index) : randomUUID()),
      data: posted.data ?? {},
      ts: posted.ts ?? Date.now(),
    }));
    await storeEvents(database.pool, events);
    onEvents();
    return { ids: events.map((event) => event.id) };
  }

  const server = http.createServer({ requestTimeout: 30_000 }, (request, response) => {
    const reply = (status: number, body: object) => {
      // the unread rest of a refused body must not be read as the next request
      if (status >= 400) response.setHeader("connection", "close");
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(JSON.stringify({ status, ...body }));
    };
    answer(request).then(
      (body) => reply(200, body),
      (error: unknown) => {
        if (error instanceof RefusedError) return reply(error.status, { error: error.message });
        log.error({ err: error }, "Events could not be stored; the sender was told so.");
        reply(isOutage(error) ? 503 : 500, { error: "The events could not be stored." });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, () => resolve());
  });
  server.on("error", (error) => log.error({ err: error }, "The job server's HTTP server failed."));

  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
      }),
  };
}

function same(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** The same in every try of one send. */
function seededId(seed: string, index: number): string {
  return createHash("sha256").update(`${seed}/${index}`).digest("hex").slice(0, 32);
}

async function readBody(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    // read on beyond the limit: a sender that is cut off never sees the answer
    if (sizeBytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (sizeBytes > MAX_BODY_BYTES)
    throw new RefusedError(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`);
  return Buffer.concat(chunks).toString("utf8");
}

function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new RefusedError(400, "The body is not JSON.");
  }
}

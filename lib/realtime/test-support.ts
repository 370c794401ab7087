import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { vi } from "vitest";
import { sequenceOnce } from "#lib/jobs/relay.ts";
import { type Handle, serveEvents, startHub } from "./index.ts";
import type { LiveEvent } from "./values.ts";

/** An app process as far as streams go. */
export async function startStreams(handle: Handle) {
  const server: Server = createServer((req, res) => {
    req.headers["x-sheaf-address"] = "127.0.0.1";
    serveEvents(handle, req, res).catch((error: unknown) => res.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const hub = startHub();
  return {
    hub,
    port,
    listen: (headers: Record<string, string>) => listen(port, headers),
    async stop() {
      await hub.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Listener {
  status: number;
  /** What was heard so far, but for where the stream began. */
  heard: LiveEvent[];
  /** `open`, `reset` and `end`, in order. */
  said: string[];
  lastId: () => string | null;
  isOver: () => boolean;
  response: IncomingMessage;
  close: () => void;
}

/** Opens a stream and waits for its beginning, or for its refusal. */
async function listen(port: number, headers: Record<string, string>): Promise<Listener> {
  const req = request({ port, host: "127.0.0.1", path: "/api/v1/events", headers }).end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    req.once("response", resolve);
    req.once("error", reject);
  });
  let lastId: string | null = null;
  let isOver = false;
  let rest = "";
  const listener: Listener = {
    status: response.statusCode ?? 0,
    heard: [],
    said: [],
    lastId: () => lastId,
    isOver: () => isOver,
    response,
    close: () => req.destroy(),
  };
  response.setEncoding("utf8").on("data", (text: string) => {
    const frames = (rest + text).split("\n\n");
    rest = frames.pop()!;
    for (const frame of frames) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(frame)?.[1];
      lastId = field("id") ?? lastId;
      const [name, data] = [field("event"), field("data")];
      if (name !== undefined) listener.said.push(name);
      else if (data !== undefined) listener.heard.push(JSON.parse(data) as LiveEvent);
    }
  });
  response.once("close", () => (isOver = true));
  response.on("error", () => undefined);
  if (listener.status === 200) await vi.waitFor(() => listener.said.length > 0 || fail("no beginning"));
  return listener;
}

function fail(why: string): never {
  throw new Error(why);
}

/** Numbers all events, as the relay does, so that streams hear of them. */
export async function relayAll(): Promise<void> {
  while (await sequenceOnce());
}

import { once } from "node:events";
import { request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, it } from "vitest";
import { createAppServer, type AppServer, type AppServerOptions } from "./http-server.ts";

const running: AppServer[] = [];
afterEach(() => {
  for (const { server } of running.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function start(options: Partial<AppServerOptions>) {
  const errors: unknown[] = [];
  const app = createAppServer({
    handle: async (_, res) => void res.end("app"),
    handleStorage: null,
    trustProxy: false,
    secure: false,
    onError: (error) => errors.push(error),
    ...options,
  });
  running.push(app);
  app.server.listen(0, "127.0.0.1");
  await once(app.server, "listening");
  const { port } = app.server.address() as AddressInfo;
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const req = request({ port, host: "127.0.0.1", path, headers }).end();
    const [res] = (await once(req, "response")) as [IncomingMessage];
    return res;
  };
  return { ...app, port, get, errors };
}

it("takes headers about the caller from a trusted proxy only", async () => {
  const seen: IncomingHttpHeaders[] = [];
  const handle: AppServerOptions["handle"] = async (req, res) => {
    seen.push(req.headers);
    res.end();
  };
  const headers = {
    "x-forwarded-for": "6.6.6.6",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    "x-middleware-subrequest": "src/middleware:src/middleware",
    "x-sheaf-address": "6.6.6.6",
  };
  await (await start({ handle })).get("/", headers);
  await (await start({ handle, trustProxy: true })).get("/", headers);
  expect(Object.keys(seen[0] ?? {}).filter((name) => name.startsWith("x-"))).toEqual(["x-sheaf-address"]);
  expect(seen.map((each) => each["x-sheaf-address"])).toEqual(["127.0.0.1", "127.0.0.1"]);
  expect(seen[1]).toMatchObject({ "x-forwarded-for": "6.6.6.6", "x-forwarded-host": "evil.example" });
  expect(seen[1]).not.toHaveProperty("x-middleware-subrequest");
});

it("sends bytes of the local store to its handler, and nothing else", async () => {
  const { get } = await start({ handleStorage: async (_, res) => void res.end("store") });
  expect(await text(await get("/storage/a/b?x=1"))).toBe("store");
  for (const path of ["/", "/storage", "/storagex/a", "/api/storage/a"])
    expect(await text(await get(path))).toBe("app");
  expect(await text(await (await start({})).get("/storage/a"))).toBe("app");
});

it("answers 500 without details when a handler fails, and goes on", async () => {
  const failure = new Error("secret details");
  const { get, errors } = await start({ handle: async () => Promise.reject(failure) });
  const res = await get("/");
  expect(res.statusCode).toBe(500);
  expect(await text(res)).toBe("Something went wrong.\n");
  expect(errors).toEqual([failure]);
  expect((await get("/")).statusCode).toBe(500);
});

it("asks browsers for https where the address is https", async () => {
  expect((await (await start({ secure: true })).get("/")).headers["strict-transport-security"]).toMatch(
    /^max-age=/,
  );
  expect((await (await start({})).get("/")).headers["strict-transport-security"]).toBeUndefined();
});

it("has no bound on a whole upload, and keeps the one on headers", async () => {
  const { server } = await start({});
  expect(server.requestTimeout).toBe(0);
  expect(server.headersTimeout).toBe(60_000);
  expect(server.keepAliveTimeout).toBe(65_000);
});

it("lets a request in flight finish, refuses new ones, and closes idle connections", async () => {
  const arrived = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const { get, drain } = await start({
    handle: async (req, res) => {
      if (req.url === "/slow") {
        arrived.resolve();
        await finish.promise;
      }
      res.end("done");
    },
  });
  // Leaves an idle connection behind, which must not hold up the end.
  await text(await get("/", { connection: "keep-alive" }));
  const slow = get("/slow");
  await arrived.promise;
  const drained = drain(10_000);
  await expect(get("/")).rejects.toMatchObject({ code: expect.stringMatching(/ECONNREFUSED|ECONNRESET/) });
  finish.resolve();
  expect(await text(await slow)).toBe("done");
  await drained;
});

it("ends event streams at once, and cuts what is left after the grace", async () => {
  const arrived = Promise.withResolvers<void>();
  const { get, drain } = await start({
    handle: async (req, res) => {
      if (req.url === "/events") {
        res.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n");
      } else {
        arrived.resolve();
      }
    },
  });
  const events = await get("/events", { accept: "text/event-stream" });
  const stuck = expect(get("/stuck")).rejects.toMatchObject({ code: "ECONNRESET" });
  await arrived.promise;
  const drained = drain(100);
  expect(await text(events)).toBe("data: 1\n\n");
  await stuck;
  await drained;
});

it("does not wait for web sockets at the end, and refuses them where nobody takes them", async () => {
  const upgrade = (port: number) =>
    request({ port, host: "127.0.0.1", headers: { connection: "Upgrade", upgrade: "websocket" } }).end();
  const alone = await start({});
  await expect(once(upgrade(alone.port), "upgrade")).rejects.toMatchObject({ code: "ECONNRESET" });

  const { server, drain, port } = await start({});
  server.on("upgrade", (_, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  });
  const [, socket] = (await once(upgrade(port), "upgrade")) as [IncomingMessage, Socket];
  const closed = once(socket, "close");
  socket.on("error", () => undefined);
  await drain(60_000);
  await closed;
});

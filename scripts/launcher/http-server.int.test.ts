import { once } from "node:events";
import { request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
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
    handleEvents: async (_, res) => void res.end("events"),
    trustProxy: false,
    secure: false,
    pagePolicy: (nonce) => `script-src 'nonce-${nonce}'`,
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
    "x-method": "HEAD",
  };
  await (await start({ handle })).get("/", headers);
  await (await start({ handle, trustProxy: true })).get("/", headers);
  const own = Object.keys(seen[0] ?? {}).filter((name) => name.startsWith("x-"));
  expect(own.toSorted()).toEqual(["x-method", "x-nonce", "x-path", "x-sheaf-address"]);
  expect(seen.map((each) => each["x-method"])).toEqual(["GET", "GET"]);
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
  // Leaves an idle connection, which must not delay the stop.
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

it("does not wait for web sockets of hot reload at the end", async () => {
  const { server, drain, port } = await start({ isDevelopment: true });
  server.on("upgrade", (_, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  });
  const headers = { connection: "Upgrade", upgrade: "websocket" };
  const [, socket] = (await once(request({ port, host: "127.0.0.1", headers }).end(), "upgrade")) as [
    IncomingMessage,
    Socket,
  ];
  const closed = once(socket, "close");
  socket.on("error", () => undefined);
  await drain(60_000);
  await closed;
});

it("answers a request that would like another protocol as an ordinary one, whoever listens for such", async () => {
  const { server, get } = await start({});
  server.on("upgrade", (_, socket) => void socket.destroy());
  const res = await get("/", { connection: "Upgrade", upgrade: "websocket" });
  expect([res.statusCode, await text(res)]).toEqual([200, "app"]);
});

it("gives pages a policy with a new nonce, which their makers are told, and to nobody to keep", async () => {
  const { get } = await start({
    handle: async (req, res) => {
      res.setHeader("Cache-Control", "s-maxage=31536000");
      if (req.url?.startsWith("/script")) res.setHeader("Content-Type", "application/javascript");
      else if (req.url?.startsWith("/late"))
        res.writeHead(404, { "content-type": "TEXT/HTML; charset=utf-8" });
      else if (req.url === "/kept") res.statusCode = 304;
      else if (req.url === "/bare") res.statusCode = 500;
      else res.setHeader("Content-Type", "text/html");
      res.end(
        JSON.stringify([
          req.headers["x-nonce"],
          req.headers["x-path"],
          req.headers["content-security-policy"],
        ]),
      );
    },
  });
  const nonces = new Set<string>();
  for (const [path, told] of [
    ["/a.png?b=%41", "/a.png?b=%41"],
    ["/a?_rsc=1", "/a"],
    ["/a?b=1&_rsc=1&c", "/a?b=1&c"],
    ["/late", "/late"],
    ["/bare", "/bare"],
  ] as const) {
    const claims = { "x-nonce": "mine", "x-path": "/mine", "content-security-policy": "script-src *" };
    const res = await get(path, claims);
    const [nonce, where, policy] = JSON.parse(await text(res)) as string[];
    expect([where, policy]).toEqual([told, `script-src 'nonce-${nonce}'`]);
    expect(res.headers["content-security-policy"]).toBe(policy);
    expect(res.headers["cache-control"]).toBe("private, no-store");
    nonces.add(nonce!);
  }
  expect(nonces.size).toBe(5);
  for (const path of ["/script", "/kept"]) {
    const { headers } = await get(path);
    expect(headers["content-security-policy"]).toBeUndefined();
    expect(headers["cache-control"]).toBe("s-maxage=31536000");
  }
});

it("refuses what is malformed in the caller's language, and says problem details to programs", async () => {
  const { get } = await start({});
  const page = await get("/50%", { "accept-language": "de" });
  expect(page).toMatchObject({
    statusCode: 400,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
    },
  });
  expect(await text(page)).toMatch(/^Anfrage nicht lesbar\n\n/);
  const call = await get("/api/v1/50%");
  expect(call.headers["content-type"]).toBe("application/problem+json");
  expect(JSON.parse(await text(call))).toMatchObject({ status: 400, code: "malformed_request" });
});

it("has one time limit for each kind of request, also on one connection", async () => {
  const limits: unknown[] = [];
  const note = async (req: IncomingMessage, res: ServerResponse) => {
    limits.push([req.url, req.socket.timeout]);
    res.end();
  };
  const { port } = await start({ handle: note, handleStorage: note });
  const socket = connect(port, "127.0.0.1");
  // all at once, so that no later request resets the time
  for (const path of ["/a", "/storage/b", "/c", "/storage/d", "/e"])
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${path === "/e" ? "Connection: close\r\n" : ""}\r\n`);
  await socket.toArray();
  expect(limits).toEqual([
    ["/a", 0],
    ["/storage/b", 60_000],
    ["/c", 0],
    ["/storage/d", 60_000],
    ["/e", 0],
  ]);
});

import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../testing/http.ts";
import { type LocalTestStore, openLocalStore, randomKey, sha256 } from "../testing/stores.ts";

let store: LocalTestStore;
beforeAll(async () => {
  store = await openLocalStore();
});
afterAll(async () => {
  expect(store.faults).toEqual([]);
  await store.close();
});

const eventually = { timeout: 15_000 };
const text = Buffer.from("0123456789");
async function stored(body = text, owner = store) {
  const key = randomKey(".txt");
  await owner.storage.put(key, body, { contentType: "text/plain" });
  return key;
}
const presignGet = (key: string, owner = store) =>
  owner.storage.presignGet({ key, filename: "a.txt", contentType: "text/plain", disposition: "inline" });
async function presignPut(body: Buffer, owner = store) {
  const key = randomKey();
  const options = { key, contentType: "application/pdf", sizeBytes: body.length, sha256: sha256(body) };
  const presigned = await owner.storage.presignPut(options);
  return { ...presigned, key, headers: { ...presigned.headers, "content-length": body.length } };
}
const unfinished = (owner = store) => readdir(owner.context.paths.temporary);
const connections = (owner: LocalTestStore) =>
  new Promise<number>((resolve) => owner.server.getConnections((_, count) => resolve(count)));

describe("answers", () => {
  test("carry the headers that keep stored bytes from running, leaking or being kept", async () => {
    const { url } = await presignPut(text);
    const key = await stored();
    const answers = [
      await send(await presignGet(key)),
      await send(await presignGet(randomKey())),
      await send(url, { method: "PUT", body: text }),
      await send(url, { method: "DELETE" }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([200, 404, 403, 405]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
      });
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
    const age = /^private, max-age=(\d+)$/.exec(String(answers[0]!.headers["cache-control"]))?.[1];
    expect(Number(age)).toBeLessThanOrEqual(60);
    expect(answers[1]!.headers).toMatchObject({
      "cache-control": "no-store",
      "content-type": "text/plain; charset=utf-8",
    });
  });

  test.each(["POST", "DELETE", "PATCH", "PROPFIND"])("refuse %s", async (method) => {
    const answer = await send(await presignGet(await stored()), { method });
    expect(answer).toMatchObject({ status: 405, headers: { allow: "GET, HEAD, PUT, OPTIONS" } });
  });

  test("give no address the rights of another operation", async () => {
    const upload = await presignPut(text);
    expect((await send(upload.url)).status).toBe(403);
    expect((await send(await presignGet(upload.key), { ...upload, body: text })).status).toBe(403);
    expect(await store.storage.stat(upload.key)).toBeNull();
  });

  test.each([
    "/storage/..%2f..%2fetc%2fpasswd",
    "/storage/../../etc/passwd",
    "/storage/a/../../b",
    "/storage/%00",
    "/storage//etc/passwd",
    "/storage/a\\b/c",
    "/storage/",
    "/storage",
    "/Storage/a/b",
    "/storage/%61/b",
  ])("refuse the path %s", async (path) => {
    const url = await presignGet(await stored());
    for (const method of ["GET", "HEAD", "PUT"]) {
      const answer = await send(url, { method, path: path + new URL(url).search });
      expect(answer.status).toBe(400);
    }
  });

  test("refuse a query with anything added, repeated or in place of a signature", async () => {
    const url = await presignGet(await stored());
    const altered = [
      `${url}&x=1`,
      `${url}&op=get`,
      `${url}?`,
      url.replace(/signature=.*/, "signature="),
      url.replace(/&signature=.*/, ""),
      url.replace("op=get", "op=put"),
      url.slice(0, -1),
      url.split("?")[0]!,
    ];
    for (const address of altered) {
      expect((await send(address)).status, address).toBeGreaterThanOrEqual(400);
    }
    // The last character of 32 bytes in base64 has two bits to spare.
    const last = url.at(-1)!;
    for (const other of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
      if (other !== last) expect((await send(url.slice(0, -1) + other)).status).toBe(403);
    }
  });

  test("honour no address signed with another secret", async () => {
    const other = await openLocalStore({ directory: store.directory });
    const url = new URL(await presignGet(await stored(), other));
    expect((await send(store.context.baseUrl, { path: url.pathname + url.search })).status).toBe(403);
    await other.close();
  });
});

describe("GET", () => {
  test("honours conditions", async () => {
    const url = await presignGet(await stored());
    const whole = await send(url);
    const { etag, "last-modified": modified } = whole.headers as Record<string, string>;
    const range = "bytes=2-3";
    const get = (headers: Record<string, string>) => send(url, { headers });
    expect(await get({ "if-none-match": `"x", W/${etag}` })).toMatchObject({
      status: 304,
      body: Buffer.alloc(0),
    });
    expect(await get({ "if-none-match": `"x"` })).toMatchObject({ status: 200 });
    expect(await get({ range, "if-range": etag! })).toMatchObject({ status: 206, body: Buffer.from("23") });
    expect(await get({ range, "if-range": modified! })).toMatchObject({ status: 206 });
    expect(await get({ range, "if-range": `"x"` })).toMatchObject({ status: 200, body: text });
    expect(await get({ range, "if-range": `W/${etag}` })).toMatchObject({ status: 200 });
    expect(await get({ range: "bytes=0-1,4-5" })).toMatchObject({ status: 200, body: text });
    expect(await get({ range: "bytes=99-" })).toMatchObject({
      status: 416,
      headers: { "content-range": "bytes */10" },
    });
  });

  test("answers HEAD like GET, without the bytes", async () => {
    const url = await presignGet(await stored());
    const [got, head] = [await send(url), await send(url, { method: "HEAD" })];
    const { date: _, ...expected } = got.headers;
    expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0), headers: expected });
    const ranged = await send(url, { method: "HEAD", headers: { range: "bytes=0-1" } });
    expect(ranged).toMatchObject({ status: 200, headers: { "content-length": "10" } });
  });

  test("serves an empty object", async () => {
    const url = await presignGet(await stored(Buffer.alloc(0)));
    expect(await send(url)).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect((await send(url, { headers: { range: "bytes=0-" } })).status).toBe(416);
    expect((await send(url, { headers: { range: "bytes=-5" } })).status).toBe(416);
  });

  test("ends quietly when the reader leaves", async () => {
    const own = await openLocalStore();
    const url = await presignGet(await stored(randomBytes(20_000_000), own), own);
    await new Promise<void>((resolve, reject) => {
      const request = httpRequest(url, { agent: false }, (response) => {
        response.once("data", () => resolve(void request.destroy()));
        response.on("error", () => undefined);
      });
      request.on("error", reject).end();
    });
    await expect.poll(() => connections(own), eventually).toBe(0);
    expect(own.faults).toEqual([]);
    await own.close();
  });
});

describe("PUT", () => {
  test("wants a length, and no encoding", async () => {
    const { url, headers, key } = await presignPut(text);
    const { "content-length": _, ...lengthless } = headers;
    const put = (changed: Record<string, string | number>) =>
      send(url, { method: "PUT", headers: changed, body: text });
    expect((await put({ ...lengthless, "transfer-encoding": "chunked" })).status).toBe(411);
    expect((await put({ ...headers, "content-encoding": "gzip" })).status).toBe(403);
    expect(await store.storage.stat(key)).toBeNull();
  });

  test("tells a client that is still sending why it was refused", async () => {
    const body = randomBytes(30_000_000);
    const { url, headers } = await presignPut(body);
    const answer = await send(url, {
      method: "PUT",
      headers: { ...headers, "content-type": "text/html" },
      body,
    });
    expect(answer).toMatchObject({
      status: 403,
      body: Buffer.from("The upload has another content type than was signed.\n"),
    });
  });

  test("leaves nothing of an upload that breaks off", async () => {
    const body = randomBytes(3_000_000);
    const { url, headers, key } = await presignPut(body);
    const request = httpRequest(url, { method: "PUT", headers, agent: false });
    request.on("error", () => undefined);
    request.write(body.subarray(0, 2_000_000));
    await expect.poll(async () => (await unfinished()).length, eventually).toBe(1);
    request.destroy();
    await expect.poll(() => unfinished(), eventually).toEqual([]);
    expect(await store.storage.stat(key)).toBeNull();
  });

  test("keeps the object whole while many write it at once, and at most the bytes of one", async () => {
    const body = randomBytes(3_000_000);
    const { url, headers, key } = await presignPut(body);
    const begin = async () => {
      const request = httpRequest(url, { method: "PUT", headers, agent: false });
      const cut = new Promise((resolve) => request.on("error", resolve));
      const begun = await new Promise((resolve) => request.write(body.subarray(0, 2_000_000), resolve));
      expect(begun).toBeFalsy();
      await expect.poll(async () => (await unfinished()).length, eventually).toBe(1);
      return { request, cut };
    };
    const first = await begin();
    const second = await begin();
    // the earlier one is cut off and its bytes are removed
    expect(await first.cut).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) as string });
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, () => send(url, { method: "PUT", headers, body })),
    );
    await second.cut;
    const ends = answers.map((one) => (one.status === "fulfilled" ? one.value.status : "cut off"));
    expect(ends).toContain(200);
    expect(new Set([...ends, "cut off"])).toEqual(new Set([200, "cut off"]));
    expect((await store.storage.read(key)).equals(body)).toBe(true);
    await expect.poll(() => unfinished(), eventually).toEqual([]);
  });
});

describe("idle clients", () => {
  let impatient: LocalTestStore;
  beforeAll(async () => {
    impatient = await openLocalStore({ idleMs: 150 });
  });
  afterAll(() => impatient.close());

  test("are cut off while sending, and leave nothing", async () => {
    const body = randomBytes(100_000);
    const { url, headers, key } = await presignPut(body, impatient);
    const ended = new Promise((resolve) => {
      const request = httpRequest(url, { method: "PUT", headers, agent: false });
      request.on("error", resolve);
      request.write(body.subarray(0, 50_000));
    });
    expect(await ended).toMatchObject({ code: "ECONNRESET" });
    await expect.poll(() => unfinished(impatient), eventually).toEqual([]);
    expect(await impatient.storage.stat(key)).toBeNull();
  });

  test("are cut off while receiving", async () => {
    const url = new URL(await presignGet(await stored(Buffer.alloc(60_000_000), impatient), impatient));
    const cut = new Promise<void>((resolve) => {
      impatient.server.once("connection", (accepted) => accepted.once("close", () => resolve()));
    });
    const socket = connect(Number(url.port), url.hostname);
    socket.on("error", () => undefined).pause();
    socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
    await cut;
    socket.destroy();
    expect(impatient.faults).toEqual([]);
  });
});

test("many refused uploads on one connection leave nothing behind on it", async () => {
  const { url, headers } = await presignPut(text);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const accepted: Socket[] = [];
  const warnings: unknown[] = [];
  const collect = (socket: Socket) => void accepted.push(socket);
  const warn = (warning: Error) => void warnings.push(warning);
  store.server.on("connection", collect);
  process.on("warning", warn);
  const listeners = () => accepted[0]!.eventNames().map((name) => [name, accepted[0]!.listenerCount(name)]);
  let before: unknown;
  for (let count = 0; count < 300; count += 1) {
    const request = httpRequest(url, {
      method: "PUT",
      agent,
      headers: { ...headers, "content-type": "x/y" },
    });
    request.end(text);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(403);
    await response.toArray();
    before ??= listeners();
  }
  expect(listeners()).toEqual(before);
  store.server.off("connection", collect);
  process.off("warning", warn);
  agent.destroy();
  expect(accepted.length).toBe(1);
  expect(warnings).toEqual([]);
});

test("a refusal ends the connection that its caller wanted ended", async () => {
  const { host, port, hostname } = new URL(store.context.appOrigin);
  for (const body of ["", "0123456789"]) {
    const socket = connect(Number(port), hostname);
    socket.write(
      `PUT /storage/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(String(Buffer.concat(await socket.toArray()))).toMatch(/^HTTP\/1\.1 400 /);
  }
});

describe("an origin of its own", () => {
  let apart: LocalTestStore;
  beforeAll(async () => {
    apart = await openLocalStore({ contentHost: "localhost" });
  });
  afterAll(() => apart.close());

  test("lets the application upload and read, and no other origin", async () => {
    const { url, headers, key } = await presignPut(text, apart);
    const origin = apart.context.appOrigin;
    const preflight = {
      "access-control-request-method": "PUT",
      "access-control-request-headers": "content-type",
    };
    const allowed = await send(url, { method: "OPTIONS", headers: { origin, ...preflight } });
    expect(allowed).toMatchObject({
      status: 204,
      headers: {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": expect.stringContaining("PUT"),
        "access-control-allow-headers": expect.stringContaining("x-amz-checksum-sha256"),
        vary: "Origin",
      },
    });
    const put = await send(url, { method: "PUT", headers: { ...headers, origin }, body: text });
    expect(put).toMatchObject({
      status: 200,
      headers: { "access-control-expose-headers": expect.stringContaining("ETag") },
    });

    for (const other of ["https://evil.example", "null", apart.context.contentOrigin]) {
      const answer = await send(await presignGet(key, apart), { headers: { origin: other } });
      expect(answer.status).toBe(200);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      expect(answer.headers["cross-origin-resource-policy"]).toBe("cross-origin");
    }
  });

  test("is the only one to answer", async () => {
    const url = new URL(await presignGet(await stored(text, apart), apart));
    expect((await send(url.href)).status).toBe(200);
    const { host, port } = new URL(apart.context.appOrigin);
    for (const name of [
      host,
      "127.0.0.1",
      "127.0.0.1:1",
      `127.0.0.1.:${port}`,
      `127.1:${port}`,
      "0x7f000001",
    ]) {
      const answer = await send(url.href, { headers: { host: name } });
      expect([name, answer.status]).toEqual([name, 421]);
    }
    // a trusted proxy puts its own name into Host and the asked one into X-Forwarded-Host
    const forwarded = { "x-forwarded-host": `LOCALHOST, ${host}` };
    expect((await send(url.href, { headers: forwarded })).status).toBe(421);
    for (const name of [url.host, "LocalHost.", "10.0.0.7:3000", "sheaf.internal"])
      expect([name, (await send(url.href, { headers: { host: name } })).status]).toEqual([name, 200]);
  });

  test("may have the application's name with a port of its own", async () => {
    const { port } = new URL(apart.context.appOrigin);
    const near = await openLocalStore({ contentHost: "127.0.0.1", appPort: 80 });
    const url = await presignGet(await stored(text, near), near);
    for (const [host, status] of [
      [`127.0.0.1:${port}`, 200],
      ["127.0.0.1", 421],
      ["127.0.0.1.:80", 421],
    ] as const)
      expect([host, (await send(url, { headers: { host } })).status]).toEqual([host, status]);
    await near.close();
  });
});

test("parts cannot be sent to an upload that never was", async () => {
  const options = {
    key: randomKey(),
    uploadId: randomUUID(),
    partNumber: 1,
    sizeBytes: 10,
    sha256: sha256(text),
  };
  const { url, headers } = await store.storage.multipart.presignPart(options);
  const answer = await send(url, {
    method: "PUT",
    headers: { ...headers, "content-length": 10 },
    body: text,
  });
  expect(answer.status).toBe(404);
  expect(await unfinished()).toEqual([]);
});

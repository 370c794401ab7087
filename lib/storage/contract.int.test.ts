import fc from "fast-check";
import { randomBytes, randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_READ_BYTES, MIN_PART_BYTES } from "./limits.ts";
import { send } from "./testing/http.ts";
import { openLocalStore, openS3Store, randomKey, sha256, type TestStore } from "./testing/stores.ts";
import type { PresignedPut, Storage } from "./types.ts";

const endpoint = process.env.TEST_S3_ENDPOINT;

describe("storage contract: local", () => contract(() => openLocalStore()));
describe.runIf(endpoint)("storage contract: s3 (needs TEST_S3_ENDPOINT)", () =>
  contract(() =>
    openS3Store({
      endpoint,
      region: process.env.TEST_S3_REGION ?? "us-east-1",
      accessKeyId: process.env.TEST_S3_ACCESS_KEY_ID ?? "TESTACCESSKEY0000001",
      secretAccessKey: process.env.TEST_S3_SECRET_ACCESS_KEY ?? "testsecretkey00000000000000000000000001",
      forcePathStyle: true,
    }),
  ),
);

const code = (expected: string) => expect.objectContaining({ code: expected });

function contract(open: () => Promise<TestStore>): void {
  let store: TestStore;
  let storage: Storage;
  beforeAll(async () => {
    store = await open();
    storage = store.storage;
  });
  afterAll(() => store.close());

  const upload = (presigned: PresignedPut, body: Buffer, headers: Record<string, string | number> = {}) =>
    send(presigned.url, {
      method: "PUT",
      headers: { "content-length": body.length, ...presigned.headers, ...headers },
      body,
    });
  const presign = (key: string, body: Buffer, contentType = "application/pdf", ttlSeconds?: number) =>
    storage.presignPut({ key, contentType, sizeBytes: body.length, sha256: sha256(body), ttlSeconds });

  describe("presigned PUT", () => {
    test.each([0, 1, 70_000, 3_000_000])(
      "stores exactly %i bytes with their type and digest",
      async (sizeBytes) => {
        const [key, body] = [randomKey(), randomBytes(sizeBytes)];
        const presigned = await presign(key, body);
        expect(await storage.stat(key)).toBeNull();
        expect((await upload(presigned, body)).status).toBe(200);
        expect(await storage.stat(key)).toMatchObject({
          sizeBytes,
          sha256: sha256(body),
          contentType: "application/pdf",
          modifiedAt: expect.any(Date),
        });
        expect((await storage.read(key)).equals(body)).toBe(true);
      },
    );

    test("does no harm when it is repeated", async () => {
      const [key, body] = [randomKey(), randomBytes(1000)];
      const presigned = await presign(key, body);
      expect((await upload(presigned, body)).status).toBe(200);
      expect((await upload(presigned, body)).status).toBe(200);
      expect((await storage.read(key)).equals(body)).toBe(true);
    });

    const lies: Record<
      string,
      (presigned: PresignedPut, body: Buffer, other: number) => ReturnType<typeof send>
    > = {
      "another key": (presigned, body) => {
        const url = new URL(presigned.url);
        url.pathname = url.pathname.replace(/[^/]+$/, `${randomUUID()}.pdf`);
        return upload({ ...presigned, url: url.href }, body);
      },
      "a longer body": (presigned, body, other) =>
        upload(presigned, Buffer.concat([body, Buffer.alloc(1 + (other % 50))])),
      "a shorter body": (presigned, body) => upload(presigned, body.subarray(1)),
      "other bytes": (presigned, body, other) => {
        const altered = Buffer.from(body);
        altered[other % body.length]! ^= 1 + (other % 255);
        return upload(presigned, altered);
      },
      "other bytes with their own digest": (presigned, body) => {
        const altered = Buffer.from(body).fill(0);
        const digest = Buffer.from(sha256(altered), "hex").toString("base64");
        return upload(presigned, altered, { "x-amz-checksum-sha256": digest });
      },
      "no digest": ({ headers: { "x-amz-checksum-sha256": _, ...headers }, ...presigned }, body) =>
        upload({ ...presigned, headers }, body),
      "another type": (presigned, body) => upload(presigned, body, { "content-type": "text/html" }),
      "no type": ({ headers: { "content-type": _, ...headers }, ...presigned }, body) =>
        upload({ ...presigned, headers }, body),
      "an altered query": (presigned, body, other) => {
        const url = new URL(presigned.url);
        const names = [...url.searchParams.keys()].filter((name) => name !== "x-id");
        const name = names[other % names.length]!;
        url.searchParams.set(name, `${url.searchParams.get(name)}1`);
        return upload({ ...presigned, url: url.href }, body);
      },
      "a query with one parameter less": (presigned, body, other) => {
        const url = new URL(presigned.url);
        const names = [...url.searchParams.keys()].filter((name) => name !== "x-id");
        url.searchParams.delete(names[other % names.length]!);
        return upload({ ...presigned, url: url.href }, body);
      },
    };

    test.each(Object.keys(lies))("refuses %s, and stores nothing", async (lie) => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 2, maxLength: 300 }), fc.nat(), async (bytes, other) => {
          const [key, body] = [randomKey(), Buffer.from(bytes)];
          if (body.every((byte) => byte === 0)) body[0] = 1;
          const answer = await lies[lie]!(await presign(key, body), body, other);
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(answer.status).toBeLessThan(500);
          expect(await storage.list({ prefix: key.slice(0, 36) })).toEqual({ items: [], nextCursor: null });
        }),
        { numRuns: 12 },
      );
    });

    test("refuses an expired address", async () => {
      const [key, body] = [randomKey(), randomBytes(10)];
      const presigned = await presign(key, body, "application/pdf", 1);
      await expect
        .poll(() => Date.now(), { timeout: 15_000 })
        .toBeGreaterThan(presigned.expiresAt.getTime() + 1000);
      expect((await upload(presigned, body)).status).toBe(403);
      expect(await storage.stat(key)).toBeNull();
    });

    test("lives 15 minutes unless told", async () => {
      const { expiresAt } = await presign(randomKey(), randomBytes(1));
      const seconds = (expiresAt.getTime() - Date.now()) / 1000;
      expect(seconds).toBeGreaterThan(895);
      expect(seconds).toBeLessThan(902);
    });
  });

  describe("presigned GET", () => {
    const body = Buffer.from("0123456789");
    const key = randomKey(".txt");
    beforeAll(() => storage.put(key, body, { contentType: "text/plain" }));
    const presignGet = (
      contentType = "text/plain",
      disposition: "inline" | "attachment" = "inline",
      ttlSeconds?: number,
    ) => storage.presignGet({ key, filename: 'Übersicht "a".txt', contentType, disposition, ttlSeconds });

    test("answers the bytes under their name", async () => {
      const answer = await send(await presignGet());
      expect(answer).toMatchObject({ status: 200, body });
      expect(answer.headers).toMatchObject({
        "content-type": "text/plain; charset=utf-8",
        "content-disposition": `inline; filename="_bersicht _a_.txt"; filename*=UTF-8''%C3%9Cbersicht%20%22a%22.txt`,
        "content-length": "10",
        "accept-ranges": "bytes",
        etag: expect.stringMatching(/^".+"$/),
        "cache-control": expect.stringMatching(/^private, max-age=\d+$/),
      });
    });

    test.each([
      "text/html",
      "image/svg+xml",
      "application/xhtml+xml",
      "application/x-unknown",
      "TEXT/HTML; charset=utf-8",
    ])("never shows %s in the browser", async (contentType) => {
      const { headers } = await send(await presignGet(contentType, "inline"));
      expect(headers["content-disposition"]).toMatch(/^attachment;/);
      expect(headers["content-type"]).toBe("application/octet-stream");
    });

    test.each([
      ["bytes=0-0", "0", "bytes 0-0/10"],
      ["bytes=3-5", "345", "bytes 3-5/10"],
      ["bytes=7-", "789", "bytes 7-9/10"],
      ["bytes=-2", "89", "bytes 8-9/10"],
      ["bytes=8-99", "89", "bytes 8-9/10"],
    ])("answers the range %s", async (range, text, contentRange) => {
      const answer = await send(await presignGet(), { headers: { range } });
      expect(answer).toMatchObject({ status: 206, body: Buffer.from(text) });
      expect(answer.headers["content-range"]).toBe(contentRange);
    });

    test("refuses a range beyond the end", async () => {
      expect((await send(await presignGet(), { headers: { range: "bytes=10-" } })).status).toBe(416);
    });

    test("refuses another key, a renamed file and an expired address", async () => {
      const url = await presignGet();
      const other = randomKey(".txt");
      await storage.put(other, body, { contentType: "text/plain" });
      expect((await send(url.replace(key, other))).status).toBe(403);
      expect((await send(url.replace("bersicht", "bersetzung"))).status).toBe(403);
      const brief = await presignGet("text/plain", "inline", 1);
      await expect.poll(async () => (await send(brief)).status, { timeout: 15_000, interval: 100 }).toBe(403);
    });

    test("answers 404 for what is not there", async () => {
      const url = await storage.presignGet({
        key: randomKey(),
        filename: "a.pdf",
        contentType: "application/pdf",
        disposition: "inline",
      });
      expect((await send(url)).status).toBe(404);
    });
  });

  describe("server side", () => {
    test("puts buffers and streams, and replaces", async () => {
      const key = randomKey(".webp");
      await storage.put(key, Buffer.from("one"), { contentType: "image/webp" });
      const body = randomBytes(300_000);
      const chunks = [body.subarray(0, 100_000), body.subarray(100_000)];
      await storage.put(key, Readable.from(chunks), { contentType: "image/png", sizeBytes: body.length });
      expect(await storage.stat(key)).toMatchObject({
        sizeBytes: body.length,
        sha256: sha256(body),
        contentType: "image/png",
      });
      expect(Buffer.concat(await (await storage.stream(key)).toArray()).equals(body)).toBe(true);
    });

    test("refuses a body of another length than announced", async () => {
      const key = randomKey();
      const put = (sizeBytes: number) =>
        storage.put(key, Readable.from([Buffer.from("four")]), { contentType: "text/plain", sizeBytes });
      await expect(put(3)).rejects.toEqual(code("content_mismatch"));
      await expect(put(5)).rejects.toEqual(code("content_mismatch"));
      expect(await storage.stat(key)).toBeNull();
    });

    test("stores nothing of a stream that breaks", async () => {
      const key = randomKey();
      const broken = Readable.from(
        (async function* () {
          yield Buffer.from("begun");
          throw new Error("the source broke");
        })(),
      );
      await expect(storage.put(key, broken, { contentType: "text/plain" })).rejects.toThrow(
        "the source broke",
      );
      expect(await storage.stat(key)).toBeNull();
    });

    test("reads ranges, cut at the end", async () => {
      const key = randomKey();
      await storage.put(key, Buffer.from("0123456789"), { contentType: "text/plain" });
      const read = async (start: number, end: number) => (await storage.read(key, { start, end })).toString();
      expect(await read(0, 3)).toBe("0123");
      expect(await read(8, 4100)).toBe("89");
      expect(await read(10, 20)).toBe("");
      await storage.put(key, Buffer.alloc(0), { contentType: "text/plain" });
      expect(await read(0, 4100)).toBe("");
      expect(await (await storage.stream(key)).toArray()).toEqual([]);
    });

    test("reads no more into memory than it should", async () => {
      const key = randomKey();
      const body = Buffer.alloc(MAX_READ_BYTES + 1);
      await storage.put(key, body, { contentType: "application/pdf" });
      await expect(storage.read(key)).rejects.toEqual(code("file_too_large"));
      await expect(storage.read(key, { start: 0, end: MAX_READ_BYTES })).rejects.toEqual(
        code("file_too_large"),
      );
      expect((await storage.read(key, { start: 1, end: MAX_READ_BYTES })).length).toBe(MAX_READ_BYTES);
      await storage.delete(key);
    });

    test("says not_found for what is not there, and deletes twice without complaint", async () => {
      const key = randomKey();
      await storage.put(key, Buffer.from("x"), { contentType: "text/plain" });
      await storage.delete(key);
      await storage.delete(key);
      expect(await storage.stat(key)).toBeNull();
      await expect(storage.read(key)).rejects.toEqual(code("not_found"));
      await expect(storage.read(key, { start: 0, end: 1 })).rejects.toEqual(code("not_found"));
      await expect(storage.stream(key)).rejects.toEqual(code("not_found"));
    });

    test.each([
      "",
      "a",
      "../../etc/passwd",
      "a/../b",
      "a/b\0.pdf",
      "a/..%2fb",
      "/a/b",
      "a//b",
      "a/b/",
      "A/b",
      "a/.b",
      "a/b.c.d",
      "a\\b/c",
      "a/b/c/d/e",
      `a/${"b".repeat(70)}`,
      "a/b\n",
    ])("refuses the key %j everywhere", async (key) => {
      const common = { key, contentType: "text/plain" };
      const calls = [
        storage.presignPut({ ...common, sizeBytes: 1, sha256: "0".repeat(64) }),
        storage.presignGet({ ...common, filename: "a", disposition: "inline" }),
        storage.stat(key),
        storage.read(key),
        storage.stream(key),
        storage.put(key, Buffer.from("x"), common),
        storage.delete(key),
        storage.multipart.create(common),
        storage.multipart.listParts({ key, uploadId: randomUUID() }),
        storage.multipart.complete({ key, uploadId: randomUUID(), parts: [{ partNumber: 1, etag: "x" }] }),
        storage.multipart.abort({ key, uploadId: randomUUID() }),
      ];
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome).toMatchObject({ status: "rejected", reason: { code: "internal" } });
      }
    });
  });

  describe("list", () => {
    test("pages through keys in order, within a prefix", async () => {
      const owner = randomUUID();
      // "-", "." and "/" sort before letters and digits: where a folder and a file share a beginning, order is easily lost.
      const keys = ["a", "a/b", "a-b/c", "a.pdf", "a/a.pdf", "a0", "b/c/d.pdf"]
        .map((name) => `${owner}/${name}`)
        .sort();
      for (const key of keys) await storage.put(key, Buffer.from(key), { contentType: "text/plain" });
      const all = await storage.list({ prefix: `${owner}/` });
      expect(all.items.map((item) => item.key)).toEqual(keys);
      expect(all.nextCursor).toBeNull();
      expect(all.items[0]).toMatchObject({ sizeBytes: keys[0]!.length, modifiedAt: expect.any(Date) });

      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await storage.list({ prefix: `${owner}/`, limit: 2, cursor });
        expect(page.items.length).toBeLessThanOrEqual(2);
        paged.push(...page.items.map((item) => item.key));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(paged).toEqual(keys);

      const narrow = await storage.list({ prefix: `${owner}/a/` });
      expect(narrow.items.map((item) => item.key)).toEqual([`${owner}/a/a.pdf`, `${owner}/a/b`]);
      await storage.delete(`${owner}/a/b`);
      const after = await storage.list({ prefix: `${owner}/a`, cursor: `${owner}/a/b` });
      expect(after.items.map((item) => item.key)).toEqual([`${owner}/a0`]);
    });
  });

  describe("multipart", () => {
    const { promise: opened, resolve: onOpened } = Promise.withResolvers<Storage["multipart"]>();
    beforeAll(() => onOpened(storage.multipart));
    const contentType = "application/pdf";
    async function sendPart(key: string, uploadId: string, partNumber: number, body: Buffer, sent = body) {
      const presigned = await (
        await opened
      ).presignPart({ key, uploadId, partNumber, sizeBytes: body.length, sha256: sha256(body) });
      return upload(presigned, sent);
    }

    test("joins parts sent in any order, one of them twice", async () => {
      const key = randomKey();
      const { uploadId } = await storage.multipart.create({ key, contentType });
      const [first, second] = [randomBytes(MIN_PART_BYTES), randomBytes(1234)];
      expect((await sendPart(key, uploadId, 3, second)).status).toBe(200);
      expect((await sendPart(key, uploadId, 1, second)).status).toBe(200);
      const answer = await sendPart(key, uploadId, 1, first);
      const parts = await storage.multipart.listParts({ key, uploadId });
      expect(parts).toMatchObject([
        { partNumber: 1, sizeBytes: first.length, etag: answer.headers.etag },
        { partNumber: 3, sizeBytes: second.length, modifiedAt: expect.any(Date) },
      ]);
      expect(await storage.stat(key)).toBeNull();
      await storage.multipart.complete({ key, uploadId, parts });
      const whole = Buffer.concat([first, second]);
      expect((await storage.read(key)).equals(whole)).toBe(true);
      const stat = await storage.stat(key);
      expect(stat).toMatchObject({ sizeBytes: whole.length, contentType });
      expect([null, sha256(whole)]).toContain(stat!.sha256);
      await expect(storage.multipart.listParts({ key, uploadId })).rejects.toEqual(code("not_found"));
    });

    test("refuses other bytes, another part and another upload", async () => {
      const key = randomKey();
      const { uploadId } = await storage.multipart.create({ key, contentType });
      const other = await storage.multipart.create({ key, contentType });
      const body = randomBytes(1000);
      expect((await sendPart(key, uploadId, 1, body, randomBytes(1000))).status).toBe(400);
      const options = { key, uploadId, partNumber: 1, sizeBytes: body.length, sha256: sha256(body) };
      const presigned = await storage.multipart.presignPart(options);
      for (const [from, to] of [
        [/part(Number)?=1&/, "part$1=2&"],
        [uploadId, other.uploadId],
      ] as const) {
        const url = presigned.url.replace(from, to);
        expect(url).not.toBe(presigned.url);
        expect((await upload({ ...presigned, url }, body)).status).toBe(403);
      }
      expect(await storage.multipart.listParts({ key, uploadId })).toEqual([]);
    });

    test("completes only with the parts as they are, in order, of 5 MiB or more", async () => {
      const key = randomKey();
      const { uploadId } = await storage.multipart.create({ key, contentType });
      for (const partNumber of [1, 2]) await sendPart(key, uploadId, partNumber, randomBytes(1000));
      const [one, two] = await storage.multipart.listParts({ key, uploadId });
      const complete = (parts: { partNumber: number; etag: string }[]) =>
        storage.multipart.complete({ key, uploadId, parts });
      await expect(complete([one!, two!])).rejects.toEqual(code("content_mismatch"));
      await expect(complete([two!, one!])).rejects.toEqual(code("content_mismatch"));
      await expect(complete([{ ...one!, etag: two!.etag }])).rejects.toEqual(code("content_mismatch"));
      await expect(complete([])).rejects.toEqual(code("content_mismatch"));
      await expect(complete([two!])).rejects.toEqual(code("content_mismatch"));
      expect(await storage.stat(key)).toBeNull();
    });

    test("aborts for good, and twice without complaint", async () => {
      const key = randomKey();
      const { uploadId } = await storage.multipart.create({ key, contentType });
      await sendPart(key, uploadId, 1, randomBytes(10));
      await storage.multipart.abort({ key, uploadId });
      await storage.multipart.abort({ key, uploadId });
      expect((await sendPart(key, uploadId, 2, randomBytes(10))).status).toBe(404);
      await expect(storage.multipart.listParts({ key, uploadId })).rejects.toEqual(code("not_found"));
      const parts = [{ partNumber: 1, etag: "x" }];
      await expect(storage.multipart.complete({ key, uploadId, parts })).rejects.toEqual(code("not_found"));
    });
  });
}

import { execFile, execFileSync, fork } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../testing/http.ts";
import type { Question } from "../testing/serve.ts";
import { type LocalTestStore, openLocalStore, randomKey, sha256 } from "../testing/stores.ts";
import type { PresignedPut } from "../types.ts";
import { sweepStale } from "./context.ts";

const run = promisify(execFile);
const contentType = "application/pdf";
let store: LocalTestStore;
beforeAll(async () => {
  store = await openLocalStore();
});
afterAll(() => store.close());

const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3600 * 1000);

describe("files", () => {
  test("of deleted objects take their empty folders along", async () => {
    const [owner, one, two] = [randomUUID(), randomUUID(), randomUUID()];
    for (const document of [one, two]) {
      await store.storage.put(`${owner}/${document}/a.pdf`, Buffer.from("x"), { contentType });
    }
    await store.storage.delete(`${owner}/${one}/a.pdf`);
    expect(await readdir(join(store.context.paths.objects, owner))).toEqual([two]);
    await store.storage.delete(`${owner}/${two}/a.pdf`);
    expect(await readdir(store.context.paths.objects)).not.toContain(owner);
  });

  test("appear although their folder is being removed at the same time", async () => {
    const folder = `${randomUUID()}/${randomUUID()}`;
    const body = randomBytes(100);
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const key = `${folder}/${index}`;
        await store.storage.put(key, body, { contentType });
        expect((await store.storage.read(key)).equals(body)).toBe(true);
        await store.storage.delete(key);
      }),
    );
    expect(await store.storage.list({ prefix: folder })).toEqual({ items: [], nextCursor: null });
  });

  test("that were cut short, or are links to elsewhere, are not served", async () => {
    const key = randomKey();
    await store.storage.put(key, randomBytes(5000), { contentType });
    await truncate(store.context.paths.object(key), 4000);
    await expect(store.storage.read(key)).rejects.toMatchObject({ code: "internal" });

    const linked = randomKey();
    const path = store.context.paths.object(linked);
    await mkdir(dirname(path), { recursive: true });
    await symlink("/etc/passwd", path);
    await expect(store.storage.read(linked)).rejects.toMatchObject({ code: "ELOOP" });
    await rm(path);
  });

  test("left unfinished for a day are swept, fresh ones are not", async () => {
    const { paths } = store.context;
    const { uploadId: stale } = await store.storage.multipart.create({ key: randomKey(), contentType });
    const { uploadId: fresh } = await store.storage.multipart.create({ key: randomKey(), contentType });
    for (const [name, days] of [
      ["stale", 1.1],
      ["fresh", 0.9],
    ] as const) {
      await writeFile(join(paths.temporary, name), "begun");
      await utimes(join(paths.temporary, name), daysAgo(days), daysAgo(days));
    }
    await utimes(paths.upload(stale), daysAgo(1.1), daysAgo(1.1));
    await sweepStale(paths);
    expect(await readdir(paths.temporary)).toEqual(["fresh"]);
    expect(await readdir(paths.uploads)).toEqual([fresh]);
  });

  test("left by a crash are swept at the first write after a start", async () => {
    const path = join(store.context.paths.temporary, randomUUID());
    await writeFile(path, "begun");
    await utimes(path, daysAgo(2), daysAgo(2));
    const restarted = await openLocalStore({ directory: store.directory });
    await restarted.storage.put(randomKey(), Buffer.from("x"), { contentType });
    expect(await readdir(store.context.paths.temporary)).not.toContain(path.split("/").at(-1));
    await restarted.close();
  });
});

test("a page of objects is what a naive model says, for any prefix, cursor and limit", async () => {
  const owner = randomUUID();
  const segment = fc.stringMatching(/^[ab0][ab0-]{0,2}$/);
  const names = fc
    .tuple(segment, segment, fc.constantFrom("", ".a", ".b"))
    .map(([a, b, end]) => `${owner}/${a}/${b}${end}`);
  const keys = [
    ...new Set(
      fc.sample(
        fc.oneof(
          names,
          segment.map((a) => `${owner}/${a}`),
        ),
        80,
      ),
    ),
  ].sort();
  for (const key of keys) await store.storage.put(key, Buffer.from("x"), { contentType });
  const place = fc.oneof(
    fc.constantFrom(...keys),
    fc
      .constantFrom(...keys)
      .chain((key) => fc.integer({ min: owner.length, max: key.length }).map((end) => key.slice(0, end))),
  );
  await fc.assert(
    fc.asyncProperty(place, place, fc.integer({ min: 1, max: 90 }), async (prefix, cursor, limit) => {
      const page = await store.storage.list({ prefix, cursor, limit });
      const within = keys.filter((key) => key.startsWith(prefix) && key > cursor);
      expect(page.items.map((item) => item.key)).toEqual(within.slice(0, limit));
      expect(page.nextCursor).toBe(within.length > limit ? within[limit - 1] : null);
    }),
  );
});

test("a process killed in the middle of an upload leaves no object, and nothing in the way of the next try", async () => {
  const body = randomBytes(4_000_000);
  const described = { key: randomKey(), contentType, sizeBytes: body.length, sha256: sha256(body) };
  const server = fork(join(import.meta.dirname, "../testing/serve.ts"), [store.directory]);
  await once(server, "message");
  server.send({ ask: "put", options: described } satisfies Question);
  const [presigned] = (await once(server, "message")) as [PresignedPut];
  const headers = { ...presigned.headers, "content-length": body.length };
  const before = await readdir(store.context.paths.temporary);
  const request = httpRequest(presigned.url, { method: "PUT", headers });
  const broken = once(request, "error");
  request.write(body.subarray(0, 3_000_000));
  const begun = async () =>
    (await readdir(store.context.paths.temporary)).filter((name) => !before.includes(name));
  await expect.poll(begun, { timeout: 15_000 }).toHaveLength(1);
  server.kill("SIGKILL");
  await broken;

  expect(await store.storage.stat(described.key)).toBeNull();
  const again = await store.storage.presignPut(described);
  expect((await send(again.url, { method: "PUT", headers, body })).status).toBe(200);
  expect((await store.storage.read(described.key)).equals(body)).toBe(true);
});

/** Whether this process can mount a file system without root. */
function canMount(): boolean {
  try {
    execFileSync("unshare", ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

describe("a full disk", () => {
  const script = join(import.meta.dirname, "../testing/fill-disk.ts");
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "sheaf-full-"));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const refused = {
    upload: { status: 507, body: "The storage is full. Nothing was stored.\n" },
    put: "upstream_unavailable storageFull",
    part: 507,
    left: [],
    small: "stored",
    faults: 0,
  };

  test.runIf(canMount())(
    "is told to the client, leaves nothing, and small files still fit (needs a mount)",
    async () => {
      const command = 'mount -t tmpfs -o size=4m tmpfs "$1" && exec "$2" "$3" "$1"';
      const shell = [
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        command,
        "sh",
        directory,
        process.execPath,
        script,
      ];
      const { stdout } = await run("unshare", shell);
      expect(JSON.parse(stdout)).toEqual(refused);
    },
  );

  test.runIf(process.platform !== "win32")(
    "is told alike where the limit is one of the process",
    async () => {
      const shell = [
        "-c",
        'ulimit -f 2048 && exec "$1" "$2" "$3"',
        "sh",
        process.execPath,
        script,
        directory,
      ];
      const { stdout } = await run("sh", shell);
      expect(JSON.parse(stdout)).toEqual(refused);
    },
  );
});

import { mkdtemp, readdir, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import pg from "pg";
import { bookPdf } from "../fixtures/pdfs.ts";
import {
  askUpload,
  type Caller,
  download,
  newPerson,
  type Person,
  sendBytes,
  sha256,
  type Upload,
  uniqueText,
  uploadFile,
  whenProcessed,
} from "../support/caller.ts";
import { findContradictions, whenQuiet } from "../support/consistency.ts";
import {
  appOf,
  childrenOf,
  crash,
  findApp,
  launcherOf,
  ownerUrl,
  postgresOf,
  type RunningProduct,
  startProduct,
} from "../support/product.ts";
import { until } from "../support/until.ts";

// One instance, killed again and again: whatever an earlier kill broke, a later test would see.
test.describe.configure({ mode: "serial" });

let product: RunningProduct;
let anna: Person;
let collectionId: string;
let book: Buffer;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  product = await startProduct({ dataDir: await mkdtemp(path.join(tmpdir(), "sheaf-kill-")) });
  anna = await newPerson(product.url, "Anna Berg");
  collectionId = await newCollection(anna.api);
  book = await bookPdf();
});

test.afterAll(async () => {
  await product?.stop();
  if (product) await rm(product.dataDir, { recursive: true, force: true });
});

/** After each: all work comes to its end, and the records agree with each other and with the store. */
test.afterEach(async () => {
  await whenQuiet(product);
  expect(await findContradictions(product)).toEqual([]);
});

async function newCollection(api: Caller): Promise<string> {
  return (await api.must("POST", "/collections", { body: { name: "Killed" } })).id;
}

const hasEnded = () => product.command.exitCode !== null || product.command.signalCode !== null;

/** The same port and folder, as somebody would who types the command again. */
async function startAgain(): Promise<void> {
  const { dataDir, url } = product;
  await until("the start command to end", hasEnded);
  product = await startProduct({ dataDir, port: Number(new URL(url).port) });
}

/** Kills the launcher without a word, and starts again on what it left. */
async function killLauncher(): Promise<void> {
  await crash(await launcherOf(product.dataDir));
  await startAgain();
}

/** Kills the app's process. The launcher starts another one; if it dies again and again, it gives up. */
async function killApp(): Promise<void> {
  const before = await appOf(product.dataDir);
  await crash(before);
  await until("another app process", async () => {
    const now = await findApp(product.dataDir);
    return hasEnded() || (now !== null && now !== before);
  });
  if (hasEnded()) await startAgain();
  else await whenReady();
}

const whenReady = () =>
  until("the app to be ready", async () => (await fetch(`${product.url}/api/health/ready`)).ok, 60_000);

const used = async (): Promise<{ documents: number; bytes: number }> => {
  const { documents, storageBytes } = await anna.api.must("GET", "/me/quota");
  return { documents: documents.used, bytes: storageBytes.used };
};

/** Tries until the server answers at all and not with a failure of its own; the refusals of a verb are answers. */
const confirm = (id: string) =>
  until(
    `document ${id} to be confirmed`,
    async () => {
      const answer = await anna.api.call("POST", `/documents/${id}/confirm`, {
        signal: AbortSignal.timeout(20_000),
      });
      return answer.status < 500 ? answer : null;
    },
    60_000,
  );

/** Sends the first half of a file and leaves the rest open. `whenBroken` resolves when the connection has ended. */
function sendHalf({ url, headers }: { url: string; headers: Record<string, string> }, bytes: Buffer) {
  const length = { "content-length": String(bytes.length) };
  const request = http.request(url, { method: "PUT", headers: { ...headers, ...length } });
  const whenBroken = new Promise<Error>((resolve) => request.on("error", resolve));
  request.write(bytes.subarray(0, Math.floor(bytes.length / 2)));
  return { whenBroken };
}

test("the app is killed while bytes arrive: sent again, they are stored and paid for once", async () => {
  const file: Upload = { name: "book.pdf", type: "application/pdf", bytes: await bookPdf({ pages: 40 }) };
  const before = await used();
  const { documentId, upload } = await askUpload(anna.api, collectionId, file);
  const { whenBroken } = sendHalf(upload!, file.bytes);
  const unfinished = path.join(product.dataDir, "storage", "temporary");
  await until("the first bytes to be written", async () => (await filesIn(unfinished)) > 0);
  await killApp();
  await whenBroken;

  expect((await confirm(documentId)).body).toMatchObject({ status: 409, code: "conflict" }); // nothing arrived
  expect(await used()).toEqual(before);
  expect(await sendBytes(upload!, new Uint8Array(file.bytes))).toBe(200);
  expect((await confirm(documentId)).status).toBe(200);
  expect(await whenProcessed(anna.api, documentId)).toMatchObject({ status: "ready", pageCount: 40 });
  expect(await used()).toEqual({
    documents: before.documents + 1,
    bytes: before.bytes + file.bytes.length,
  });
  expect(sha256((await download(anna.api, documentId)).bytes)).toBe(sha256(file.bytes));
});

const filesIn = async (folder: string): Promise<number> => (await readdir(folder).catch(() => [])).length;

/** Uploads whose bytes are in the store and that wait for being confirmed. */
async function sentUploads(count: number): Promise<{ id: string; file: Upload }[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const file = uniqueText(`note ${index}.txt`);
      const { documentId, upload } = await askUpload(anna.api, collectionId, file);
      expect(await sendBytes(upload!, new Uint8Array(file.bytes))).toBe(200);
      return { id: documentId, file };
    }),
  );
}

/** All are confirmed in the end, charged once each, and hold what was sent. */
async function expectConfirmed(
  before: { documents: number; bytes: number },
  sent: { id: string; file: Upload }[],
): Promise<void> {
  for (const { id } of sent) expect((await confirm(id)).status).toBe(200);
  const bytes = sent.reduce((sum, { file }) => sum + file.bytes.length, 0);
  expect(await used()).toEqual({ documents: before.documents + sent.length, bytes: before.bytes + bytes });
  for (const { id, file } of sent) {
    await whenProcessed(anna.api, id);
    expect((await download(anna.api, id)).bytes.equals(file.bytes)).toBe(true);
  }
}

/** Keeps every charge waiting in the middle of its transaction, until the returned function is called. */
async function holdCharges(): Promise<{
  whenWaiting(count: number): Promise<void>;
  release(): Promise<void>;
}> {
  const client = new pg.Client({ connectionString: await ownerUrl(product.dataDir) });
  client.on("error", () => undefined); // in one test the database is killed under it
  await client.connect();
  await client.query("BEGIN");
  await client.query("LOCK TABLE quota_ledger IN EXCLUSIVE MODE");
  return {
    async whenWaiting(count) {
      await until("confirms to wait inside their transactions", async () => {
        const { rows } = await client.query<{ waiting: number }>(
          "SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted AND relation = 'quota_ledger'::regclass",
        );
        // more than the pool has connections cannot be inside of a transaction at once
        return rows[0]!.waiting >= count;
      });
    },
    async release() {
      await client.query("ROLLBACK").catch(() => undefined);
      await client.end().catch(() => undefined);
    },
  };
}

/** Kills the database's server. The launcher starts it again; one that dies twice within seconds is given up. */
async function killPostgres(): Promise<void> {
  await crash(await postgresOf(product.dataDir));
  await until("the app to be ready, or the product to have ended", async () => {
    if (hasEnded()) return true;
    return (
      (await fetch(`${product.url}/api/health/ready`)).ok && (await product.query("SELECT 1")).length === 1
    );
  });
  if (hasEnded()) await startAgain();
}

const victims = { "the app": killApp, "the launcher": killLauncher, PostgreSQL: killPostgres };
const names = Object.keys(victims) as (keyof typeof victims)[];

for (const name of names) {
  test(`${name} is killed in the middle of confirms: repeated, each is charged once`, async () => {
    const before = await used();
    const sent = await sentUploads(4);
    const held = await holdCharges();
    const first = sent.map(({ id }) => anna.api.call("POST", `/documents/${id}/confirm`).catch(() => null));
    await held.whenWaiting(1);
    const killed = victims[name]();
    await Promise.all(first);
    await held.release();
    await killed;
    await expectConfirmed(before, sent);
  });

  test(`${name} is killed at several moments of many confirms: repeated, each is charged once`, async () => {
    const before = await used();
    const sent: { id: string; file: Upload }[] = [];
    for (const answered of [1, 3, 5]) {
      const batch = await sentUploads(6);
      sent.push(...batch);
      // each confirm begins when an earlier one has ended, so that the kill meets several stages at once
      const waiting = [...batch];
      let ended = 0;
      const work = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          await anna.api.call("POST", `/documents/${next.id}/confirm`).catch(() => null);
          ended += 1;
        }
      };
      const working = Promise.all([work(), work(), work()]);
      await until("some confirms to be answered", () => ended >= answered);
      await victims[name]();
      await working;
    }
    await expectConfirmed(before, sent);
  });
}

/** An upload whose reading has begun. */
async function uploadBeingRead(): Promise<string> {
  const { id } = await uploadFile(anna.api, collectionId, {
    name: "long.pdf",
    type: "application/pdf",
    // other bytes each time, else nothing would be sent
    bytes: Buffer.concat([book, Buffer.from(`\n% ${crypto.randomUUID()}\n`)]),
  });
  await until("its reading to have begun", async () => {
    const rows = await product.query<{ progress: number }>(
      "SELECT d.progress FROM documents d JOIN pdf_jobs j ON j.document_id = d.id WHERE d.id = $1 AND j.status = 'processing'",
      [id],
    );
    return rows.length > 0;
  });
  return id;
}

for (const name of names) {
  test(`${name} is killed while a document is read: it is read to its end`, async () => {
    const id = await uploadBeingRead();
    await victims[name]();
    expect(await whenProcessed(anna.api, id)).toMatchObject({ status: "ready", pageCount: 300 });
  });
}

test("the process that reads a document is killed: the document is settled, and others are read", async () => {
  const id = await uploadBeingRead();
  const app = await appOf(product.dataDir);
  const reader = await until("the process that reads", async () =>
    (await childrenOf(app)).find(({ args }) => args.includes("lib/pdf/worker")),
  );
  await crash(reader.pid);
  const settled = await whenProcessed(anna.api, id);
  expect(["ready", "failed"]).toContain(settled.status);
  expect(sha256((await download(anna.api, id)).bytes)).toBe(
    (
      await product.query<{ sha256: string }>(
        "SELECT encode(sha256, 'hex') AS sha256 FROM documents WHERE id = $1",
        [id],
      )
    )[0]!.sha256,
  );
  const other = await uploadFile(anna.api, collectionId, uniqueText());
  expect((await whenProcessed(anna.api, other.id)).status).toBe("ready");
});

test("the start command is killed: everything it started ends, and the next start goes on", async () => {
  const id = await uploadBeingRead();
  const launcher = await launcherOf(product.dataDir);
  const started = [launcher, ...(await childrenOf(launcher)).map(({ pid }) => pid)];
  await crash(product.command.pid!);
  for (const pid of started) {
    await until(`process ${pid} to end`, () => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    });
  }
  await startAgain();
  expect(await whenProcessed(anna.api, id)).toMatchObject({ status: "ready", pageCount: 300 });
});

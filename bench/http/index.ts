import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Bench, BenchContext } from "../bench.ts";
import { cpuMs } from "../cpu.ts";
import { startProduct } from "../product.ts";
import { scratchFolder } from "../scratch.ts";
import { type Account, confirmRequest, makeUpload, openAccount, putRequest } from "./account.ts";
import { grantAndRevoke, rename } from "./changes.ts";
import { startEventSink } from "./event-sink.ts";
import { type LoadPhase, type LoadRequest, type LoadResult, startLoadGenerator } from "./load.ts";
import { report, type RoundSample } from "./report.ts";

/** What the person in the bench has: a busy week, not a load test of large lists (those are `db`'s). */
const COLLECTIONS = 20;
const DOCUMENTS_EACH = 5;
const INVITED_EACH = 2;
const UPLOAD_BYTES = 4096;
/** More uploads than any machine starts in a second of load. */
const UPLOADS_PER_SECOND = 1500;
const WARM_UP_SECONDS = 3;

interface MeasuredLoad {
  /** As the generator's, with what the product's processes used meanwhile. */
  run(phase: LoadPhase): Promise<LoadResult & { cpuMs: number | null }>;
}

interface Setting {
  origin: string;
  account: Account;
  load: MeasuredLoad;
  concurrency: number;
  seconds: number;
}

/** The product's requests against an empty handler of the same server, in turns. */
export const http: Bench = {
  name: "http",
  summary: "requests per second and latency, against an empty handler",
  isDefault: true,
  async run({ root, options, progress }: BenchContext) {
    const dataDir = path.join(await scratchFolder(), "data");
    progress("starting the product");
    const { origin, pid } = await startProduct({
      root,
      dataDir,
      env: {
        RATE_LIMIT_FACTOR: "0",
        FREE_COLLECTIONS: "1000000",
        FREE_COLLABORATORS_PER_COLLECTION: "1000000",
        FREE_DOCUMENTS: "100000000",
        FREE_STORAGE_BYTES: "1000000000000000",
        MAX_PENDING_UPLOADS: "1000000",
        INNGEST_BASE_URL: await startEventSink(),
        INNGEST_EVENT_KEY: "bench",
        INNGEST_SIGNING_KEY: `signkey-local-${randomBytes(32).toString("hex")}`,
      },
    });
    const generator = startLoadGenerator();
    const load: MeasuredLoad = {
      async run(phase) {
        const before = cpuMs(pid);
        const result = await generator.run(phase);
        const after = cpuMs(pid);
        return { ...result, cpuMs: before === null || after === null ? null : after - before };
      },
    };
    const account = await openAccount(origin);
    const { concurrency } = options;
    progress(`filling ${COLLECTIONS} collections`);
    const { collections, documents } = await fill({ origin, account, load, concurrency, seconds: 0 });
    const target = collections[0]!;
    const versions = new Map(documents.map((id) => [id, 1]));
    for (const id of documents) {
      const { version } = await account.call<{ version: number }>("GET", `/documents/${id}`);
      versions.set(id, version);
    }

    const read = (paths: string[]): LoadRequest[] =>
      paths.map((found) => ({ method: "GET", path: found, headers: account.headers }));
    const reads = {
      empty: read(["/api/health/live"]),
      document: read(documents.map((id) => `/api/v1/documents/${id}`)),
      collections: read(["/api/v1/collections"]),
    };
    const round = async (seconds: number): Promise<RoundSample[]> => {
      const samples: RoundSample[] = [];
      for (const [name, requests] of Object.entries(reads)) {
        const result = await load.run({
          origin,
          requests,
          concurrency,
          durationMs: seconds * 1000,
          status: 200,
        });
        samples.push({ name: name as keyof typeof reads, ...result });
      }
      const setting = { origin, account, load, concurrency, seconds };
      samples.push(await rename(setting, versions));
      samples.push(...(await grantAndRevoke(setting, collections)));
      return [...samples, ...(await upload(setting, target))];
    };

    progress("warming up");
    await round(WARM_UP_SECONDS);
    const rounds: RoundSample[][] = [];
    for (let i = 1; i <= options.rounds; i++) {
      progress(`round ${i} of ${options.rounds}`);
      rounds.push(await round(options.seconds));
    }
    return report(rounds, { concurrency, uploadBytes: UPLOAD_BYTES, collections: COLLECTIONS });
  },
};

/** Collections with documents and invitations, made through the API. */
async function fill(setting: Setting): Promise<{ collections: string[]; documents: string[] }> {
  const { account } = setting;
  const collections: string[] = [];
  const documents: string[] = [];
  for (let i = 0; i < COLLECTIONS; i++) {
    const { id } = await account.call<{ id: string }>("POST", "/collections", { name: `Collection ${i}` });
    collections.push(id);
    for (let j = 0; j < INVITED_EACH; j++) {
      const email = `invited-${i}-${j}@example.org`;
      await account.call("POST", `/collections/${id}/collaborators`, { email, role: "viewer" });
    }
    documents.push(...(await transfer(setting, id, DOCUMENTS_EACH)).documents);
  }
  return { collections, documents };
}

/** The three steps of `most` uploads, each step for all of them before the next begins. */
async function transfer(setting: Setting, collectionId: string, most: number, durationMs?: number) {
  const { origin, account, load, concurrency } = setting;
  const uploads = Array.from({ length: most }, () => makeUpload(account, collectionId, UPLOAD_BYTES));
  const announced = await load.run({
    origin,
    concurrency,
    requests: uploads.map(({ request }) => request),
    ...(durationMs !== undefined && { durationMs }),
    isOnce: true,
    status: 201,
    keepBodies: true,
  });
  const sending = announced.bodies.map((answer, i) => putRequest(answer, uploads[i]!.body));
  const sent = await load.run({
    origin,
    concurrency,
    requests: sending.map(({ request }) => request),
    status: 200,
  });
  const documents = sending.map(({ documentId }) => documentId);
  const requests = documents.map((id) => confirmRequest(account, id));
  const confirmed = await load.run({ origin, concurrency, requests, status: 200 });
  return { announced, sent, confirmed, documents };
}

/**
 * Uploads for as long as a read, without the time the bytes take: that is the store's and the disk's.
 * A document's latency is that of its two calls together.
 */
async function upload(setting: Setting, collectionId: string): Promise<RoundSample[]> {
  const { seconds } = setting;
  const most = Math.ceil(seconds * UPLOADS_PER_SECOND);
  const durationMs = (seconds * 1000) / 2;
  const { announced, sent, confirmed } = await transfer(setting, collectionId, most, durationMs);
  return [
    {
      name: "upload",
      elapsedMs: announced.elapsedMs + confirmed.elapsedMs,
      cpuMs: announced.cpuMs === null || confirmed.cpuMs === null ? null : announced.cpuMs + confirmed.cpuMs,
      latenciesMs: announced.latenciesMs.map((ms, i) => ms + confirmed.latenciesMs[i]!),
    },
    { name: "announce", ...announced },
    { name: "confirm", ...confirmed },
    { name: "put", ...sent },
  ];
}

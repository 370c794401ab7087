import path from "node:path";
import type { Bench, BenchContext } from "../bench.ts";
import { confirmRequest, makeUpload, openAccount, putRequest } from "../http/account.ts";
import { startEventSink } from "../http/event-sink.ts";
import { type LoadRequest, startLoadGenerator } from "../http/load.ts";
import { startProduct } from "../product.ts";
import { scratchFolder } from "../scratch.ts";
import { median } from "../statistics.ts";
import { figure, ratio, table } from "../table.ts";
import { startEmptyApp } from "./empty-app.ts";
import { costOf, type Target, weigh } from "./visit.ts";

const COLLECTIONS = 20;
const DOCUMENTS = 20;
const UPLOAD_BYTES = 4096;
const WARM_UP_VISITS = 150;
const VISITS = 200;
/** Fewer than other benches take: processor time is hardly disturbed by what else a machine does. */
const MOST_ROUNDS = 3;

/** What pages weigh and cost, against an empty page of the same framework, in turns. */
export const pages: Bench = {
  name: "pages",
  summary: "weight and processor time of server pages, against an empty page",
  isDefault: false,
  async run({ root, options, progress }: BenchContext) {
    progress("building the empty app");
    const empty = await startEmptyApp(root);
    progress("starting the product");
    const { origin, pid } = await startProduct({
      root,
      dataDir: path.join(await scratchFolder(), "data"),
      env: {
        RATE_LIMIT_FACTOR: "0",
        INNGEST_BASE_URL: await startEventSink(),
        INNGEST_EVENT_KEY: "bench",
        INNGEST_SIGNING_KEY: `signkey-local-${"0".repeat(64)}`,
      },
    });
    const { cookie, collectionId, documentId } = await fill(origin);
    const page = (name: string, address: string): Target => ({ name, origin, pid, cookie, path: address });
    const targets: Target[] = [
      { name: "empty", ...empty, path: "/" },
      page("home", "/"),
      page("collection", `/collections/${collectionId}`),
      page("document", `/documents/${documentId}`),
    ];
    progress("warming up");
    for (const target of targets) await costOf(target, WARM_UP_VISITS);
    const costs = new Map(targets.map(({ name }) => [name, [] as number[]]));
    const rounds = Math.min(options.rounds, MOST_ROUNDS);
    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round} of ${rounds}`);
      for (const target of targets) costs.get(target.name)!.push((await costOf(target, VISITS)) ?? NaN);
    }
    const least = median(costs.get("empty")!);
    const rows: string[][] = [["", "HTML KB", "gzip", "scripts gzip", "CPU ms", "of empty"]];
    const data: Record<string, unknown> = {};
    for (const target of targets) {
      const weight = await weigh(target);
      const cost = median(costs.get(target.name)!);
      data[target.name] = { ...weight, cpuMs: cost, cpuMsByRound: costs.get(target.name) };
      rows.push([
        target.name,
        ...[weight.htmlBytes, weight.htmlCompressedBytes, weight.scriptCompressedBytes].map(kilobytes),
        figure(cost),
        ratio(cost / least),
      ]);
    }
    return { text: table(rows), data };
  },
};

const kilobytes = (bytes: number) => figure(bytes / 1024);

/** Somebody with collections, one of them with a screenful of documents. */
async function fill(origin: string) {
  const account = await openAccount(origin);
  const load = startLoadGenerator();
  const send = (requests: LoadRequest[], status: number) =>
    load.run({ origin, requests, status, concurrency: 4, keepBodies: true });
  const ids: string[] = [];
  for (let i = 0; i < COLLECTIONS; i++) {
    const { id } = await account.call<{ id: string }>("POST", "/collections", { name: `Collection ${i}` });
    ids.push(id);
  }
  const collectionId = ids[0]!;
  const uploads = Array.from({ length: DOCUMENTS }, () => makeUpload(account, collectionId, UPLOAD_BYTES));
  const announced = await send(
    uploads.map(({ request }) => request),
    201,
  );
  const puts = announced.bodies.map((answer, i) => putRequest(answer, uploads[i]!.body));
  await send(
    puts.map(({ request }) => request),
    200,
  );
  await send(
    puts.map(({ documentId }) => confirmRequest(account, documentId)),
    200,
  );
  return { cookie: account.cookie, collectionId, documentId: puts[0]!.documentId };
}

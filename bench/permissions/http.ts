import { randomBytes } from "node:crypto";
import path from "node:path";
import { confirmRequest, makeUpload, openAccount, putRequest } from "../http/account.ts";
import { startEventSink } from "../http/event-sink.ts";
import { startLoadGenerator } from "../http/load.ts";
import { startProduct } from "../product.ts";
import { scratchFolder } from "../scratch.ts";
import { median, range } from "../statistics.ts";

const DOCUMENTS = 50;
const WARM_UP_MS = 3000;

export interface OverHttp {
  emptyPerSecond: number;
  documentPerSecond: number;
  /** Documents per second divided by empty answers per second: the median of the rounds' ratios. */
  ratio: number;
  ratioRange: [least: number, most: number];
}

/** `GET /documents/{id}` by people who may view it, compared with the empty handler of the same server, alternately. */
export async function measureHttp(
  root: string,
  {
    rounds,
    seconds,
    concurrency,
    progress,
  }: { rounds: number; seconds: number; concurrency: number; progress(line: string): void },
): Promise<OverHttp> {
  progress("starting the product");
  const product = await startProduct({
    root,
    dataDir: path.join(await scratchFolder(), "data"),
    env: {
      RATE_LIMIT_FACTOR: "0",
      INNGEST_BASE_URL: await startEventSink(),
      INNGEST_EVENT_KEY: "bench",
      INNGEST_SIGNING_KEY: `signkey-local-${randomBytes(32).toString("hex")}`,
    },
  });
  const { origin } = product;
  const account = await openAccount(origin);
  const load = startLoadGenerator();
  const { id } = await account.call<{ id: string }>("POST", "/collections", { name: "Papers" });
  const uploads = Array.from({ length: DOCUMENTS }, () => makeUpload(account, id, 1024));
  const send = { origin, concurrency, status: 200 };
  const announced = await load.run({
    ...send,
    requests: uploads.map(({ request }) => request),
    status: 201,
    keepBodies: true,
  });
  const sending = announced.bodies.map((answer, i) => putRequest(answer, uploads[i]!.body));
  await load.run({ ...send, requests: sending.map(({ request }) => request) });
  await load.run({ ...send, requests: sending.map(({ documentId }) => confirmRequest(account, documentId)) });

  const get = (found: string) => ({ method: "GET", path: found, headers: account.headers });
  const empty = [get("/api/health/live")];
  const documents = sending.map(({ documentId }) => get(`/api/v1/documents/${documentId}`));
  const perSecond = async (requests: typeof empty, durationMs: number) => {
    const { elapsedMs, latenciesMs } = await load.run({ ...send, requests, durationMs });
    return (latenciesMs.length / elapsedMs) * 1000;
  };
  await perSecond(empty, WARM_UP_MS);
  await perSecond(documents, WARM_UP_MS);
  const [empties, reads]: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds * 2; round++) {
    progress(`over HTTP, round ${round} of ${rounds * 2}`);
    empties.push(await perSecond(empty, seconds * 1000));
    reads.push(await perSecond(documents, seconds * 1000));
  }
  await product.stop();
  const ratios = reads.map((found, i) => found / empties[i]!);
  return {
    emptyPerSecond: median(empties),
    documentPerSecond: median(reads),
    ratio: median(ratios),
    ratioRange: range(ratios),
  };
}

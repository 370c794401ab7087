import { fork } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { appOf, ownerUrl } from "#e2e/support/product.ts";
import type { Bench } from "../bench.ts";
import { startProduct } from "../product.ts";
import { atEnd, scratchFolder } from "../scratch.ts";
import { percentile } from "../statistics.ts";
import { table } from "../table.ts";
import { Clients } from "./clients.ts";

const TARGET_MEMORY = 3.5;
const TARGET_P99 = 2;
/** Fewer than one person may have. */
const STREAMS_PER_PERSON = 10;
const AT_A_TIME = 50;

/** Streams of one app process beside a bare server of Node's own: what each keeps in memory, and how soon all have heard. */
export const live: Bench = {
  name: "live",
  summary: "event streams beside a bare server: memory of each, and how soon all have heard",
  isDefault: false,
  async run({ root, options, progress }) {
    const dataDir = path.join(await scratchFolder(), "data");
    progress("starting");
    const product = await startProduct({ root, dataDir, env: { RATE_LIMIT_FACTOR: "0" } });
    const databaseUrl = await ownerUrl(dataDir);
    const database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    atEnd(() => database.end());
    const measured = await compare(
      { origin: product.origin, pid: await appOf(dataDir), database, databaseUrl },
      options,
      progress,
    );
    await product.stop();
    return report(measured, options.clients);
  },
};

interface Place {
  origin: string;
  pid: number;
  database: pg.Client;
  databaseUrl: string;
}

async function compare(
  place: Place,
  { clients, rounds }: { clients: number; rounds: number },
  progress: (line: string) => void,
): Promise<{ ours: Measured; bare: Measured }> {
  const { database } = place;
  const { workspaceId, tokens } = await seed(database, Math.ceil(clients / STREAMS_PER_PERSON));
  const child = fork(new URL("./bare.ts", import.meta.url), {
    env: { ...process.env, BENCH_DATABASE_URL: place.databaseUrl },
  });
  atEnd(async () => void child.kill());
  const { port } = await new Promise<{ port: number }>((resolve) => child.once("message", resolve));
  await database.query("LISTEN sheaf_live");
  await database.query("LISTEN sheaf_bench");
  // the code of both is warm
  for (const [origin, headers] of [
    [place.origin, headersOf(tokens[0]!)],
    [`http://127.0.0.1:${port}`, {}],
  ] as const) {
    const warm = new Clients();
    for (let n = 0; n < STREAMS_PER_PERSON; n += 1) await warm.open(origin, headers);
    warm.close();
  }

  progress(`${clients} streams of the app`);
  const ours = await fill(place.pid, clients, (all, n) =>
    all.open(place.origin, headersOf(tokens[Math.floor(n / STREAMS_PER_PERSON)]!)),
  );
  progress(`${clients} streams of the bare server`);
  const bare = await fill(child.pid!, clients, (all) => all.open(`http://127.0.0.1:${port}`, {}));

  for (let round = 1; round <= rounds; round += 1) {
    progress(`event ${round} of ${rounds}`);
    await hear(ours, database, "sheaf_live", () =>
      database.query("SELECT app.tell('bench', '{}', ARRAY[$1::uuid])", [workspaceId]),
    );
    await hear(bare, database, "sheaf_bench", () =>
      database.query("SELECT pg_notify('sheaf_bench', $1)", [String(round)]),
    );
  }
  ours.all.close();
  bare.all.close();
  return { ours, bare };
}

interface Measured {
  all: Clients;
  bytesEach: number;
  bytesInAll: number;
  /** From the notification to each stream, in milliseconds. */
  times: number[];
  /** From the change to each stream. */
  wholeTimes: number[];
}

const headersOf = (token: string) => ({ authorization: `Bearer ${token}` });

async function fill(
  pid: number,
  count: number,
  open: (all: Clients, n: number) => Promise<void>,
): Promise<Measured> {
  const before = residentBytes(pid);
  const all = new Clients();
  for (let n = 0; n < count; n += AT_A_TIME)
    await Promise.all(Array.from({ length: Math.min(AT_A_TIME, count - n) }, (_, at) => open(all, n + at)));
  // what opening them left behind goes
  await delay(5_000);
  const bytesInAll = residentBytes(pid);
  return { all, bytesEach: (bytesInAll - before) / count, bytesInAll, times: [], wholeTimes: [] };
}

/** One event, from its notification, which the server and this process get at the same time, to every stream. */
async function hear(
  measured: Measured,
  database: pg.Client,
  channel: string,
  change: () => Promise<unknown>,
): Promise<void> {
  const notified = new Promise<number>((resolve) => {
    const look = (message: pg.Notification) => {
      if (message.channel !== channel) return;
      database.off("notification", look);
      resolve(performance.now());
    };
    database.on("notification", look);
  });
  const arrived = measured.all.next();
  const changedAt = performance.now();
  await change();
  const [notifiedAt, times] = await Promise.all([notified, arrived]);
  // this process may hear of the notification after the first streams
  measured.times.push(...times.map((at) => Math.max(0, at - notifiedAt)));
  measured.wholeTimes.push(...times.map((at) => at - changedAt));
}

/** People of one workspace, each with an access token. */
async function seed(database: pg.Client, people: number): Promise<{ workspaceId: string; tokens: string[] }> {
  const one = async (text: string, values: unknown[]): Promise<string> =>
    (await database.query<{ id: string }>(text, values)).rows[0]!.id;
  const workspaceId = await one("INSERT INTO workspaces (name) VALUES ('Bench') RETURNING id", []);
  const tokens: string[] = [];
  for (let n = 0; n < people; n += 1) {
    const userId = await one(
      `INSERT INTO users (workspace_id, email, email_normalized, name, email_verified_at)
       VALUES ($1, $2, $2, 'Bench', now()) RETURNING id`,
      [workspaceId, `bench.${n}.${randomBytes(4).toString("hex")}@example.org`],
    );
    const token = `sheaf_${randomBytes(32).toString("base64url")}`;
    await one(
      `INSERT INTO tokens (user_id, kind, scope, hash, expires_at)
       VALUES ($1, 'access', 'read', $2, now() + interval '1 day') RETURNING id`,
      [userId, createHash("sha256").update(token).digest()],
    );
    tokens.push(token);
  }
  return { workspaceId, tokens };
}

function residentBytes(pid: number): number {
  const [, kilobytes = "0"] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

function report({ ours, bare }: { ours: Measured; bare: Measured }, clients: number) {
  const figures = ({ bytesEach, bytesInAll, times, wholeTimes }: Measured) => ({
    kilobytesEach: bytesEach / 1024,
    megabytesInAll: bytesInAll / 1024 / 1024,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    wholeP99: percentile(wholeTimes, 0.99),
  });
  const [app, plain] = [figures(ours), figures(bare)];
  const row = (label: string, name: keyof typeof app, unit: string, target?: number) => {
    const ratio = app[name] / plain[name];
    return [
      ...[
        label,
        `${app[name].toFixed(1)} ${unit}`,
        `${plain[name].toFixed(1)} ${unit}`,
        `${ratio.toFixed(2)}×`,
      ],
      target === undefined ? "" : `target ${target}×: ${ratio <= target ? "met" : "missed"}`,
    ];
  };
  const text = [
    table([
      [`${clients} streams`, "app", "bare", "", ""],
      row("memory of each", "kilobytesEach", "KB", TARGET_MEMORY),
      row("process in all", "megabytesInAll", "MB", TARGET_MEMORY),
      row("notified to heard, p50", "p50", "ms"),
      row("notified to heard, p99", "p99", "ms", TARGET_P99),
      row("changed to heard, p99", "wholeP99", "ms"),
    ]),
    "",
    "  One app process and one bare Node server, each with as many streams; every event is for all of them.",
  ].join("\n");
  return { text, data: { app, bare: plain } };
}

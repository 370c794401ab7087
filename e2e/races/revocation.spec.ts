import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import pg from "pg";
import { newPerson } from "../support/caller.ts";
import { ownerUrl, type RunningProduct, startProduct } from "../support/product.ts";
import type { Ask, Reply, Wire } from "../support/wire.ts";
import { connectToEach } from "./instances.ts";
import {
  type Kind,
  type Lane,
  later,
  makeLane,
  makePerson,
  type Team,
  tokenFor,
  wayOf,
  ways,
} from "./lanes.ts";
import { askOf, isGiven, type ReadName, readsOf } from "./reads.ts";

/** Reads that ran against a revocation, in all. SHEAF_INTERLEAVINGS asks for more. */
const WANTED = Number(process.env.SHEAF_INTERLEAVINGS ?? 10_000);
const LANES_PER_KIND = 2;
/** Around one revocation. */
const READS = 4;

let product: RunningProduct;
let pool: pg.Pool;
let instances: Wire[][];
let team: Team;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  const dataDir = await mkdtemp(path.join(tmpdir(), "sheaf-races-"));
  product = await startProduct({ dataDir, instances: 2 });
  await newPerson(product.url, "First Person");
  pool = new pg.Pool({ connectionString: await ownerUrl(dataDir), max: 4 });
  pool.on("error", () => undefined); // the database ends before it
  const database = {
    ...product,
    query: async <Row extends object>(text: string, values: unknown[] = []) =>
      (await pool.query<Row>(text, values)).rows,
  };
  const [workspace] = await database.query<{ id: string }>(
    "INSERT INTO workspaces (name) VALUES ('Races') RETURNING id",
  );
  const workspaceId = workspace!.id;
  const someone = async () => tokenFor(database, (await makePerson(database, workspaceId)).id);
  instances = await connectToEach(product.url, { instances: 2, each: 12 }, someone);
  const { authSecret } = JSON.parse(await readFile(path.join(dataDir, "secrets.json"), "utf8")) as {
    authSecret: string;
  };
  const owner = await makePerson(database, workspaceId, "admin");
  await database.query("UPDATE user_quotas SET collections_override = 1000 WHERE user_id = $1", [owner.id]);
  team = {
    ...{ product: database, authSecret, workspaceId, ownerId: owner.id },
    headers: await tokenFor(database, owner.id),
    ask: askSomewhere,
    callMs: 50,
  };
});

test.afterAll(async () => {
  for (const wire of instances?.flat() ?? []) wire.close();
  await pool?.end();
  await product?.stop();
  if (product) await rm(product.dataDir, { recursive: true, force: true });
});

const anyOf = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)]!;
const answered = [0, 0];
async function askSomewhere(ask: Ask): Promise<Reply> {
  const at = Math.floor(Math.random() * instances.length);
  answered[at]! += 1;
  const startedAt = performance.now();
  const reply = await anyOf(instances[at]!).ask(ask);
  team.callMs += (performance.now() - startedAt - team.callMs) / 50;
  return reply;
}

interface Tally {
  revocations: number;
  /** Reads that ended before the revocation was sent, that ran beside it, and that started after it was answered. */
  before: number;
  beside: number;
  besideGiven: number;
  after: number;
  staleAllows: number;
  /** Reads that started after the way in was opened again, and ended before it was closed. */
  wrongRefusals: number;
}
const nothing = (): Tally => ({
  ...{ revocations: 0, before: 0, beside: 0, besideGiven: 0, after: 0, staleAllows: 0, wrongRefusals: 0 },
});

interface Seen {
  name: ReadName;
  startedAt: number;
  endedAt: number;
  isGiven: boolean;
}

async function read(lane: Lane): Promise<Seen> {
  const name = anyOf(readsOf(lane));
  const ask = askOf(name, lane);
  const startedAt = performance.now();
  const reply = await askSomewhere(ask);
  const endedAt = performance.now();
  return { name, startedAt, endedAt, isGiven: isGiven(name, lane, reply) };
}

/** Opens the way in, closes it among reads at random moments, and looks once more when it is closed. */
async function interleave(lane: Lane, tally: Tally, faults: string[]): Promise<void> {
  const way = wayOf(lane.kind);
  await way.open(team, lane);
  const openedAt = performance.now();
  let [sentAt, closedAt] = [Infinity, Infinity];
  const late: Promise<Seen>[] = [];
  // what closes by itself is waited for; the rest is closed at some moment
  const { endsAt } = lane;
  const spreadMs = endsAt ? endsAt - Date.now() : 2 * team.callMs;
  const clocks = performance.now() - Date.now();
  const closing = later(endsAt ? spreadMs : Math.random() * spreadMs).then(async () => {
    sentAt = Math.min(performance.now(), endsAt ? endsAt + clocks - 2 : Infinity);
    await way.close(team, lane);
    closedAt = performance.now();
    // the very next thing that happens
    late.push(read(lane));
  });
  const around = Array.from({ length: READS - 1 }, () =>
    later(Math.random() * 1.5 * spreadMs).then(() => read(lane)),
  );
  const seen = await Promise.all(around);
  await closing;
  seen.push(...(await Promise.all(late)));
  tally.revocations += 1;
  for (const { name, startedAt, endedAt, isGiven } of seen) {
    if (startedAt > closedAt) {
      tally.after += 1;
      if (!isGiven) continue;
      tally.staleAllows += 1;
      faults.push(`${lane.kind}: ${name} was given ${(startedAt - closedAt).toFixed(1)} ms after the end`);
    } else if (endedAt < sentAt && startedAt > openedAt) {
      tally.before += 1;
      if (isGiven) continue;
      tally.wrongRefusals += 1;
      faults.push(
        `${lane.kind}: ${name} was refused ${(startedAt - openedAt).toFixed(1)} ms after the beginning`,
      );
    } else {
      tally.beside += 1;
      if (isGiven) tally.besideGiven += 1;
    }
  }
}

test("whatever is taken away is gone for every read that starts afterwards, on any instance", async () => {
  test.setTimeout(60_000 + WANTED * 60);
  const kinds = Object.keys(ways) as Kind[];
  const lanes: Lane[] = [];
  for (const kind of kinds)
    for (let n = 0; n < LANES_PER_KIND; n += 1) lanes.push(await makeLane(team, kind));
  answered.fill(0);

  const tallies = Object.fromEntries(kinds.map((kind) => [kind, nothing()])) as Record<Kind, Tally>;
  const faults: string[] = [];
  const started = performance.now();
  let begun = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      for (; begun < WANTED;) {
        begun += READS;
        await interleave(lane, tallies[lane.kind], faults);
      }
    }),
  );
  const seconds = Math.round((performance.now() - started) / 1000);
  console.table(tallies);
  console.log(
    `${seconds} s, ${Math.round(team.callMs)} ms a call; calls by instance: ${answered.join(" and ")}`,
  );

  expect(faults).toEqual([]);
  const sum = (key: keyof Tally) => Object.values(tallies).reduce((total, tally) => total + tally[key], 0);
  expect(sum("before") + sum("beside") + sum("after")).toBeGreaterThanOrEqual(WANTED);
  // the runs are worth something only where reads came before, beside and after, and both ways beside
  for (const { before, after } of Object.values(tallies)) expect(Math.min(before, after)).toBeGreaterThan(0);
  expect(sum("besideGiven")).toBeGreaterThan(0);
  expect(sum("beside")).toBeGreaterThan(sum("besideGiven"));
  // each connection is still the one that was told apart at the start, and both instances took their share
  expect(instances.flat().filter(({ opened }) => opened !== 1)).toEqual([]);
  for (const calls of answered) expect(calls).toBeGreaterThan((answered[0]! + answered[1]!) / 3);
});

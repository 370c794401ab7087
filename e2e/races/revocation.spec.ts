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
import { pick, type Random, randomFrom } from "./random.ts";
import { askOf, isGiven, isWrite, type ReadName, readsOf } from "./reads.ts";

/**
 * Pairs of a revocation and a read (or a change) that ran beside it or began after it was answered, in all. What had
 * ended before is not counted. SHEAF_INTERLEAVINGS asks for more.
 */
const WANTED = Number(process.env.SHEAF_INTERLEAVINGS ?? 10_000);
/**
 * Decides everything that is chosen: who reads what, through which instance, and at which part of the time around a
 * revocation. SHEAF_SEED repeats a run's choices; how the machine then schedules them is its own.
 */
const SEED = Number(process.env.SHEAF_SEED ?? Math.floor(Math.random() * 2 ** 31));
const LANES_PER_KIND = 2;
/** Around one revocation, and as soon as it is answered. */
const READS_AROUND = 4;
const READS_AFTER = 2;

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
  const [viewer] = await database.query<{ id: string }>(
    "SELECT id FROM roles WHERE workspace_id IS NULL AND name = 'viewer'",
  );
  team = {
    ...{ product: database, authSecret, workspaceId, ownerId: owner.id, viewerRoleId: viewer!.id },
    headers: await tokenFor(database, owner.id),
    ask: (ask) => askBy(somewhere(Math.random), ask),
  };
});

test.afterAll(async () => {
  for (const wire of instances?.flat() ?? []) wire.close();
  await pool?.end();
  await product?.stop();
  if (product) await rm(product.dataDir, { recursive: true, force: true });
});

const answered = [0, 0];
/** What a call takes at present. */
let callMs = 50;
const somewhere = (random: Random): Wire => pick(random, pick(random, instances));
async function askBy(wire: Wire, ask: Ask): Promise<Reply> {
  answered[instances.findIndex((wires) => wires.includes(wire))]! += 1;
  const startedAt = performance.now();
  const reply = await wire.ask(ask);
  callMs += (performance.now() - startedAt - callMs) / 50;
  return reply;
}

interface Tally {
  revocations: number;
  /** Reads that ended before the revocation was sent, that ran beside it, and that started after it was answered. */
  before: number;
  beside: number;
  besideGiven: number;
  after: number;
  /** Those of the latter two that would have changed something. */
  writes: number;
  staleAllows: number;
  /** Reads that started after the way in was opened again, and ended before it was closed. */
  wrongRefusals: number;
}
const nothing = (): Tally => ({
  ...{ revocations: 0, before: 0, beside: 0, besideGiven: 0, after: 0, writes: 0 },
  ...{ staleAllows: 0, wrongRefusals: 0 },
});

interface Seen {
  name: ReadName;
  startedAt: number;
  endedAt: number;
  isGiven: boolean;
}

interface Plan {
  name: ReadName;
  wire: Wire;
  /** From 0 to 1: when, within the time around the revocation. */
  moment: number;
}
/** Chosen before anything runs: what is chosen later would depend on what comes first. */
const plans = (lane: Lane, count: number): Plan[] =>
  Array.from({ length: count }, () => ({
    name: pick(lane.random, readsOf(lane)),
    wire: somewhere(lane.random),
    moment: lane.random(),
  }));

async function read(lane: Lane, { name, wire }: Plan): Promise<Seen> {
  const ask = askOf(name, lane);
  const startedAt = performance.now();
  const reply = await askBy(wire, ask);
  const endedAt = performance.now();
  return { name, startedAt, endedAt, isGiven: isGiven(name, lane, reply) };
}

/** Opens the way in, closes it among reads at random moments, and looks once more when it is closed. */
async function interleave(lane: Lane, tally: Tally, tell: (fault: string) => void): Promise<number> {
  const way = wayOf(lane.kind);
  const { random, team: mine } = lane;
  const [around, after] = [plans(lane, READS_AROUND), plans(lane, READS_AFTER)];
  const closesAt = random();
  await way.open(mine, lane);
  const openedAt = performance.now();
  let [sentAt, closedAt] = [Infinity, Infinity];
  const late: Promise<Seen>[] = [];
  // what closes by itself is waited for; the rest is closed at some moment
  const { endsAt } = lane;
  const spreadMs = endsAt ? endsAt - Date.now() : 2 * callMs;
  const clocks = performance.now() - Date.now();
  const closing = later(endsAt ? spreadMs : closesAt * spreadMs).then(async () => {
    sentAt = Math.min(performance.now(), endsAt ? endsAt + clocks - 2 : Infinity);
    await way.close(mine, lane);
    closedAt = performance.now();
    // the very next thing that happens
    late.push(...after.map((plan) => read(lane, plan)));
  });
  const seen = await Promise.all(
    around.map((plan) => later(plan.moment * 1.5 * spreadMs).then(() => read(lane, plan))),
  );
  await closing;
  seen.push(...(await Promise.all(late)));
  tally.revocations += 1;
  let counted = 0;
  for (const { name, startedAt, endedAt, isGiven } of seen) {
    if (endedAt >= sentAt) {
      counted += 1;
      if (isWrite(name)) tally.writes += 1;
    }
    if (startedAt > closedAt) {
      tally.after += 1;
      if (!isGiven) continue;
      tally.staleAllows += 1;
      tell(`${name} was given ${(startedAt - closedAt).toFixed(1)} ms after the end`);
    } else if (endedAt < sentAt) {
      tally.before += 1;
      if (isGiven) continue;
      tally.wrongRefusals += 1;
      tell(`${name} was refused ${(startedAt - openedAt).toFixed(1)} ms after the beginning`);
    } else {
      tally.beside += 1;
      if (isGiven) tally.besideGiven += 1;
    }
  }
  return counted;
}

test("whatever is taken away is gone for every call that starts afterwards, on any instance", async () => {
  test.setTimeout(60_000 + WANTED * 60);
  const kinds = Object.keys(ways) as Kind[];
  console.log(`SHEAF_SEED=${SEED}`);
  const lanes: Lane[] = [];
  for (const kind of kinds)
    for (let n = 0; n < LANES_PER_KIND; n += 1) {
      // a lane's choices are its own, whatever the others come to
      const random = randomFrom(SEED + lanes.length * 7919);
      const mine = { ...team, ask: (ask: Ask) => askBy(somewhere(random), ask) };
      lanes.push(await makeLane(mine, kind, random));
    }
  answered.fill(0);

  const tallies = Object.fromEntries(kinds.map((kind) => [kind, nothing()])) as Record<Kind, Tally>;
  const faults: string[] = [];
  const started = performance.now();
  let interleavings = 0;
  await Promise.all(
    lanes.map(async (lane, at) => {
      for (let round = 1; interleavings < WANTED; round += 1) {
        const tell = (fault: string) => faults.push(`${lane.kind}, lane ${at}, round ${round}: ${fault}`);
        // in two steps: what the others added while this one waited must not be lost
        const counted = await interleave(lane, tallies[lane.kind], tell);
        interleavings += counted;
      }
    }),
  );
  const seconds = Math.round((performance.now() - started) / 1000);
  console.table(tallies);
  console.log(
    `${interleavings} interleavings, ${seconds} s, ${Math.round(callMs)} ms a call; calls by instance: ${answered.join(" and ")}`,
  );

  expect(faults, `with SHEAF_SEED=${SEED}`).toEqual([]);
  const sum = (key: keyof Tally) => Object.values(tallies).reduce((total, tally) => total + tally[key], 0);
  expect(sum("beside") + sum("after")).toBeGreaterThanOrEqual(WANTED);
  expect(sum("beside")).toBeGreaterThan(WANTED / 4);
  expect(sum("writes")).toBeGreaterThan(0);
  // the runs are worth something only where reads came before, beside and after, and both ways beside
  for (const { before, after } of Object.values(tallies)) expect(Math.min(before, after)).toBeGreaterThan(0);
  expect(sum("besideGiven")).toBeGreaterThan(0);
  expect(sum("beside")).toBeGreaterThan(sum("besideGiven"));
  // each connection is still the one that was told apart at the start, and both instances took their share
  expect(instances.flat().filter(({ opened }) => opened !== 1)).toEqual([]);
  for (const calls of answered) expect(calls).toBeGreaterThan((answered[0]! + answered[1]!) / 3);
});

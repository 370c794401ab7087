import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { emptyTestDatabase, type TestDatabase } from "#lib/db/testing/index.ts";
import { type Claim, claimCalls, renewClaims, returnClaims, settleClaim } from "./claims.ts";
import { functionSchema } from "./config.ts";
import { type Database, openDatabase } from "./database.ts";
import { silentLog } from "./options.ts";
import { createRegistry } from "./registry.ts";
import { ensureSchema } from "./schema.ts";

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await emptyTestDatabase();
  database = openDatabase(testDatabase.ownerUrl, silentLog);
  const client = await database.pool.connect();
  await ensureSchema(client).finally(() => client.release());
});
beforeEach(() => database.pool.query("truncate jobs.run cascade"));
afterAll(async () => {
  await database.end();
  await testDatabase.drop();
});

const fn = (id: string, limit?: number) =>
  functionSchema.parse({
    id,
    triggers: [],
    steps: { step: {} },
    concurrency: limit && { limit, key: "event.data.slot" },
  });
const registry = createRegistry([fn("free"), fn("limited", 1), fn("pair", 2)]);

/** Stores calls that are due at once. */
async function add(name: string, count: number, slot = ""): Promise<void> {
  await database.pool.query(
    `with run as (
       insert into jobs.run (fn, event, dedupe, slot) select $1, '{}', $1 || $2 || n, $2 from generate_series(1, $3) n returning id)
     insert into jobs.step (run, id, fn, slot, op, due_at) select id, 'step', $1, $2, 'Discover', clock_timestamp() from run`,
    [name, slot, count],
  );
}
const claim = (wanted = 10, leaseMs = 60_000, mayTakeOver = true) =>
  claimCalls(database.pool, registry, wanted, leaseMs, mayTakeOver);
const one = async (leaseMs?: number): Promise<Claim> => {
  const [first, ...others] = await claim(10, leaseMs);
  expect([first === undefined, others.length]).toEqual([false, 0]);
  return first!;
};

test("racing claims never share a call and never exceed a limit", async () => {
  for (let slot = 0; slot < 20; slot += 1) {
    await add("limited", 5, `s${slot}`);
    await add("pair", 5, `s${slot}`);
  }
  await add("free", 50);
  const claimed = (await Promise.all(Array.from({ length: 8 }, () => claim(60)))).flat();
  expect(new Set(claimed.map(({ run }) => run)).size).toBe(claimed.length);
  const count = (name: string) => claimed.filter((item) => item.fn === name).length;
  expect({ free: count("free"), limited: count("limited"), pair: count("pair") }).toEqual({
    free: 50,
    limited: 20,
    pair: 40,
  });
});

test("the oldest come first, as many as wanted, of known functions only", async () => {
  await add("unknown", 3);
  await add("free", 5);
  const { rows } = await database.pool.query<{ run: string }>(
    "select run from jobs.step where fn = 'free' order by due_at limit 2",
  );
  const claimed = await claim(2);
  expect(claimed.map(({ run }) => run).sort()).toEqual(rows.map(({ run }) => run).sort());
  expect(await claim(10)).toHaveLength(3);
  expect(await claim(10)).toEqual([]);
});

test("a slot full of waiting calls does not hold up others", async () => {
  await add("limited", 500, "busy");
  await add("limited", 1, "quiet");
  await add("free", 1);
  expect((await claim(10)).map((item) => item.fn).sort()).toEqual(["free", "limited", "limited"]);
});

test("a claim whose lease ended goes to the next, and only the next may write", async () => {
  await add("limited", 1, "s");
  const first = await one(0);
  expect(await claim(10, 0, false)).toEqual([]); // while it is unclear who is alive
  const second = await one();
  expect([second.run, second.lost, second.token > first.token]).toEqual([first.run, 1, true]);
  expect(await claim()).toEqual([]);
  expect(await settleClaim(database.pool, first)).toBe(false);
  await returnClaims(database.pool, [first]);
  expect(await claim()).toEqual([]);
  expect(await settleClaim(database.pool, second)).toBe(true);
  expect(await settleClaim(database.pool, second)).toBe(false); // nor twice, when its first answer was lost
});

test("an expired lease no longer counts in its slot, a renewed one does", async () => {
  await add("limited", 2, "s");
  const first = await one(0);
  await renewClaims(database.pool, [first], 60_000);
  expect(await claim()).toEqual([]);
  await renewClaims(database.pool, [first], 0);
  expect(await claim()).toHaveLength(1);
});

test("a claim given back is due again, with nothing held against it", async () => {
  await add("free", 1);
  const first = await one();
  await returnClaims(database.pool, [first]);
  expect(await one()).toMatchObject({ run: first.run, attempt: 0, lost: 0 });
});

import { afterEach, beforeEach, expect, test } from "vitest";
import { emptyTestDatabase, type TestDatabase } from "#lib/db/testing/index.ts";
import { type Bench, createBench, freePort, newId, until } from "./testing/harness.ts";

let database: TestDatabase;
let bench: Bench;

beforeEach(async () => {
  database = await emptyTestDatabase();
  bench = await createBench(database.ownerUrl);
});
afterEach(async () => {
  await bench.close();
  await database.drop();
});

test("two servers run 300 events, each exactly once, and share the work", async () => {
  const id = newId();
  const options = { parallel: 4, tuning: { leaseMs: 30_000 } };
  await Promise.all([
    bench.startApp(),
    bench.startServer(options),
    bench.startServer({ ...options, port: await freePort() }),
  ]);
  await bench.client.send(
    Array.from({ length: 300 }, (_, n) => ({ name: "t/single", data: { id, n, ms: 40 } })),
  );
  await until(
    "all to be done",
    () => bench.lines(id).filter((line) => line.startsWith("done")).length >= 300,
    25_000,
  );
  await until("all runs to end", async () =>
    (await bench.runs(id)).every(({ status }) => status === "completed"),
  );

  const lines = bench.lines(id);
  expect(lines.filter((line) => line.startsWith("ran")).sort()).toEqual(
    Array.from({ length: 300 }, (_, n) => `ran ${n}`).sort(),
  );
  let running = 0;
  const atOnce = lines.map((line) => (running += line.startsWith("ran") ? 1 : -1));
  expect(Math.max(...atOnce)).toBeGreaterThan(4); // more than one server may run at a time
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(8);
});

test("two servers together keep a concurrency limit", async () => {
  const id = newId();
  await Promise.all([bench.startApp(), bench.startServer(), bench.startServer({ port: await freePort() })]);
  await bench.client.send(
    Array.from({ length: 12 }, (_, n) => ({ name: "t/limited", data: { id, org: id, n } })),
  );
  await until("all to be done", () => bench.lines(id).filter((line) => line.endsWith("done")).length === 12);
  const states = bench.lines(id).map((line) => line.split(" ")[2]);
  expect(states).toEqual(Array.from({ length: 12 }, () => ["start", "done"]).flat());
});

test("a stalled server whose claim was taken over can't write its result", async () => {
  const id = newId();
  const tuning = { leaseMs: 1_000 };
  const [stalled] = await Promise.all([bench.startServer({ tuning }), bench.startApp()]);
  await bench.client.send({ name: "t/stalling", data: { id } });
  const starts = () => bench.lines(id).flatMap((line) => (line.startsWith("start ") ? [line.slice(6)] : []));
  await until("the first call", () => starts().length === 1);
  await stalled.kill("SIGSTOP");
  await bench.startServer({ tuning, port: await freePort() });
  await until("the second call", () => starts().length === 2);
  await stalled.kill("SIGCONT");
  await until("the stalled server to notice", () => stalled.output().includes("was dropped"));
  await until("the run to end", async () => (await bench.runs(id))[0]?.status === "completed");

  const [first, second] = starts();
  expect(first).not.toBe(second);
  expect((await bench.runs(id)).map(({ output }) => output)).toEqual([second]);
  expect(bench.lines(id)).toContain(`result ${second}`);
  expect(bench.lines(id)).not.toContain(`result ${first}`);
});

test("a server that was suspended for longer than its lease goes on with its own claims", async () => {
  const id = newId();
  const [server] = await Promise.all([bench.startServer({ tuning: { leaseMs: 1_000 } }), bench.startApp()]);
  await bench.client.send({ name: "t/stalling", data: { id } });
  await until("the call", () => bench.lines(id).length === 1);
  await server.kill("SIGSTOP");
  const stoppedAt = Date.now();
  await until("the lease to end", () => Date.now() > stoppedAt + 1_200);
  await server.kill("SIGCONT");
  await until("the run to end", async () => (await bench.runs(id))[0]?.status === "completed");
  expect(bench.lines(id).map((line) => line.split(" ")[0])).toEqual(["start", "result"]);
});

test("schedules start each slot once, and missed slots together once", async () => {
  const startAll = async () =>
    Promise.all([bench.startServer(), bench.startServer({ port: await freePort() })]);
  const ticks = () => bench.lines("tick").map((time) => Date.parse(time));
  await bench.startApp("cron");
  const servers = await startAll();
  await until("three ticks", () => ticks().length >= 3);
  await Promise.all(servers.map((server) => server.kill("SIGTERM")));
  const before = ticks();

  const stoppedAt = Date.now();
  await until("some slots to be missed", () => Date.now() > stoppedAt + 3_100);
  const restartedAt = Date.now();
  await startAll();
  await until("more ticks", () => ticks().length >= before.length + 3);

  const after = ticks().slice(before.length);
  expect(new Set([...before, ...after]).size).toBe(before.length + after.length);
  expect(after[0]).toBeGreaterThan(restartedAt - 1_000); // the latest of the missed ones
  after.slice(1).forEach((slot, index) => expect(slot - after[index]!).toBe(1_000));
});

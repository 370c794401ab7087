import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bench, createBench, freePort, newId, type Process, until } from "./testing/harness.ts";
import { createMortalPostgres } from "./testing/postgres.ts";

const LEASE_MS = 1_500;

let postgres: Awaited<ReturnType<typeof createMortalPostgres>>;
let bench: Bench;
let server: Process;

beforeAll(async () => {
  postgres = await createMortalPostgres();
  bench = await createBench(postgres.url);
  const options = { parallel: 4, tuning: { leaseMs: LEASE_MS } };
  [server] = await Promise.all([
    bench.startServer(options),
    bench.startServer({ ...options, port: await freePort() }),
    bench.startApp(),
  ]);
});
afterAll(async () => {
  await bench.close();
  await postgres.remove();
});

test("the database is killed under load and comes back: nothing is lost, nothing runs twice", async () => {
  const id = newId();
  const count = (start: string) => bench.lines(id).filter((line) => line.startsWith(start)).length;
  await bench.client.send(
    Array.from({ length: 60 }, (_, n) => ({ name: "t/single", data: { id, n, ms: 400 } })),
  );
  await until("the first calls to be answered", () => count("done") >= 6);
  postgres.kill();
  const killedAt = Date.now();
  // running calls end while nobody can store their results
  await until("those under way to end", () => count("done") === count("ran"));

  const refused = await fetch(`${bench.baseUrl}/e/${bench.eventKey}`, {
    method: "POST",
    body: JSON.stringify({ name: "t/single", data: { id, n: "unstored" } }),
  });
  expect(refused.status).toBe(503);

  // after an outage longer than a lease, every claim looks abandoned
  await until("all leases to expire", () => Date.now() > killedAt + LEASE_MS + 500);
  await postgres.restart();
  await bench.client.send({ name: "t/single", data: { id, n: "later" } });
  await until("all to be done", () => count("done") >= 61, 25_000);
  await until("all runs to end", async () =>
    (await bench.runs(id)).every(({ status }) => status === "completed"),
  );
  const expected = [...Array.from({ length: 60 }, (_, n) => `ran ${n}`), "ran later"].sort();
  expect(
    bench
      .lines(id)
      .filter((line) => line.startsWith("ran"))
      .sort(),
  ).toEqual(expected);
  expect(server.child.exitCode).toBeNull();
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyTestDatabase, type TestDatabase } from "#lib/db/testing/index.ts";
import { type Bench, createBench, newId, type Process, until } from "./testing/harness.ts";

let database: TestDatabase;
let bench: Bench;
let app: Process | undefined;
let server: Process;

const tuning = { leaseMs: 1_000 };
const start = async () => (server = await bench.startServer({ tuning }));
const count = (id: string, line: string) => bench.lines(id).filter((text) => text === line).length;
const seen = (id: string, line: string) => until(`${line} of ${id}`, () => count(id, line) > 0);

/** Expects each step of a `t/steps` run once, and the killed step twice. */
function expectOnce(id: string, { twice }: { twice?: string } = {}) {
  for (const step of ["one", "three", "five!"])
    expect([step, count(id, `${step} start`)]).toEqual([step, step === twice ? 2 : 1]);
  expect(count(id, "end 13")).toBe(1);
}

beforeAll(async () => {
  database = await emptyTestDatabase();
  bench = await createBench(database.ownerUrl);
  await start();
});
afterAll(async () => {
  await bench.close();
  await database.drop();
});

test("before a step, with the application not yet up: the event waits, whatever its retries", async () => {
  const [id, once] = [newId(), newId()];
  await bench.client.send([
    { name: "t/steps", data: { id } },
    { name: "t/single", data: { id: once, n: 1 } },
  ]);
  await server.kill();
  await start();
  app = await bench.startApp();
  await seen(id, "end 13");
  expectOnce(id);
  expect(bench.lines(once)).toEqual(["ran 1", "done 1"]);
});

test("during a step: that step runs again, no other", async () => {
  const id = newId();
  await bench.client.send({ name: "t/steps", data: { id, ms: 300 } });
  await seen(id, "one start");
  await server.kill();
  await start();
  await seen(id, "end 13");
  expectOnce(id, { twice: "one" });
});

test("after a step's result: that step does not run again", async () => {
  const id = newId();
  await bench.client.send({ name: "t/steps", data: { id, ms: 300 } });
  await seen(id, "three start");
  await server.kill();
  await start();
  await seen(id, "end 13");
  expectOnce(id, { twice: "three" });
});

test("during a sleep: nothing runs again", async () => {
  const id = newId();
  await bench.client.send({ name: "t/steps", data: { id } });
  await until("the sleep", async () => {
    const { rowCount } = await bench.pool.query(
      "select from jobs.step where op = 'Sleep' and result is null",
    );
    return rowCount === 1;
  });
  await server.kill();
  await start();
  await seen(id, "end 13");
  expectOnce(id);
});

test("while events come in: each is taken once, if the sender repeats what was not answered", async () => {
  const id = newId();
  let answered = 0;
  const post = async (batch: number) => {
    const events = [0, 1, 2, 3, 4].map((index) => ({ name: "t/single", data: { id, n: batch * 5 + index } }));
    const headers = { "x-inngest-event-id-seed": `${id}-${batch}`, "content-type": "application/json" };
    const request = { method: "POST", headers, body: JSON.stringify(events) };
    await until("an answer", () =>
      fetch(`${bench.baseUrl}/e/${bench.eventKey}`, request).then(
        (response) => response.ok,
        () => false,
      ),
    );
    answered += 1;
  };
  const posts = Promise.all(Array.from({ length: 24 }, (_, batch) => post(batch)));
  await until("some answers", () => answered > 2);
  await server.kill();
  await start();
  await posts;
  await until("all runs to end", async () => {
    const runs = await bench.runs(id);
    return runs.length === 120 && runs.every(({ status }) => status === "completed");
  });
  expect(await bench.runs(id)).toHaveLength(120);
  expect(new Set(bench.lines(id).filter((line) => line.startsWith("done"))).size).toBe(120);
});

test("the application, during a step: the step is tried again when it is back", async () => {
  const id = newId();
  await bench.client.send({ name: "t/steps", data: { id, ms: 300 } });
  await seen(id, "three start");
  await app!.kill();
  app = await bench.startApp();
  await seen(id, "end 13");
  expectOnce(id, { twice: "three" });
});

test("a server told to stop lets its calls end", async () => {
  const id = newId();
  await bench.client.send({ name: "t/steps", data: { id, ms: 300 } });
  await seen(id, "one start");
  await server.kill("SIGTERM");
  expect(server.child.exitCode).toBe(0);
  expect(count(id, "one done")).toBe(1);
  await start();
  await seen(id, "end 13");
  expectOnce(id);
});

test("a server that can't wait longer gives its claims back at once", async () => {
  const id = newId();
  await server.kill("SIGTERM");
  const impatient = await bench.startServer({ tuning: { leaseMs: 600_000, stopMs: 100 } });
  await bench.client.send({ name: "t/steps", data: { id, ms: 1_000 } });
  await seen(id, "one start");
  await impatient.kill("SIGTERM");
  await start();
  await seen(id, "end 13");
  expectOnce(id, { twice: "one" });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyTestDatabase, type TestDatabase } from "#lib/db/testing/index.ts";
import { type Bench, createBench, newId, until } from "./testing/harness.ts";

let database: TestDatabase;
let bench: Bench;

beforeAll(async () => {
  database = await emptyTestDatabase();
  bench = await createBench(database.ownerUrl);
  await Promise.all([bench.startApp(), bench.startServer()]);
});
afterAll(async () => {
  await bench.close();
  await database.drop();
});

const send = (name: string, data: Record<string, unknown>, id?: string) =>
  bench.client.send({ name, data, id });
const line = (id: string, wanted: string | RegExp) =>
  until(`${id} ${String(wanted)} in ${bench.lines(id).join(" | ")}`, () =>
    bench.lines(id).find((text) => (typeof wanted === "string" ? text === wanted : wanted.test(text))),
  );

test.concurrent("runs each step once, in order, around a sleep", async () => {
  const id = newId();
  await send("t/steps", { id });
  await line(id, "end 13");
  expect(bench.lines(id)).toEqual([
    ...["one", "three", "five!"].flatMap((name) => [`${name} start`, `${name} done`]),
    "end 13",
  ]);
});

test.concurrent("tries a failed step again and tells it the number of the attempt", async () => {
  const id = newId();
  await send("t/flaky", { id });
  await line(id, /^end/);
  expect(bench.lines(id)).toEqual(["attempt 0", "attempt 1", "attempt 2", "end attempt 0"]);
});

test.concurrent("gives up after the allowed attempts and runs onFailure", async () => {
  const id = newId();
  await send("t/hopeless", { id });
  await line(id, /^told/);
  expect(bench.lines(id)).toEqual(["attempt 0", "attempt 1", "told sample-hopeless boom"]);
});

test.concurrent("never repeats what is not retriable, and lets the function catch it", async () => {
  const id = newId();
  await send("t/fatal", { id });
  await until("the run to fail", async () =>
    (await bench.runs(id)).some(({ status }) => status === "failed"),
  );
  // code outside of steps runs again after each step
  expect(bench.lines(id)).toEqual(["nope", "caught no use", "after", "caught no use"]);
});

test.concurrent("waits as long as RetryAfterError says", async () => {
  const id = newId();
  await send("t/later", { id });
  await line(id, /^attempt 1/);
  const [first, second] = bench.lines(id).map((text) => Number(text.split(" ")[2]));
  expect(second! - first!).toBeGreaterThanOrEqual(1_900);
});

test.concurrent("runs parallel steps at the same time, each once", async () => {
  const id = newId();
  await send("t/parallel", { id });
  await line(id, "end 7");
  const lines = bench.lines(id);
  expect(lines.slice(0, 2).sort()).toEqual(["x start", "y start"]);
  expect(lines.filter((text) => text.endsWith("start"))).toHaveLength(3);
});

test.concurrent("invokes, sends events, waits for events in vain and with success", async () => {
  const id = newId();
  await send("t/parent", { id });
  await line(id, "waiting");
  await until("the wait to be stored", async () => {
    const { rowCount } = await bench.pool.query("select from jobs.step where waits_for = 't/hit'");
    return rowCount === 1;
  });
  await send("t/hit", { id: newId(), v: 1 }); // somebody else's
  await send("t/hit", { v: 2 }); // nobody's
  await send("t/hit", { id, v: 3 });
  await line(id, "end 42 the child refuses null 3");
  expect(bench.lines(id)).toContain("answer 42");
});

test.concurrent("keeps to one call at a time for each concurrency key", async () => {
  const id = newId();
  const sent = [1, 2, 3].flatMap((n) =>
    ["a", "b"].map((org) => ({ name: "t/limited", data: { id, org: `${org}${id}`, n } })),
  );
  await bench.client.send(sent);
  await until("all six", () => bench.lines(id).filter((text) => text.endsWith("done")).length === 6);
  for (const org of [`a${id}`, `b${id}`]) {
    const own = bench.lines(id).filter((text) => text.startsWith(org));
    expect(own).toEqual([1, 2, 3].flatMap((n) => [`${org} ${n} start`, `${org} ${n} done`]));
  }
});

test.concurrent("cancels the run that the event means, and no other", async () => {
  const [cancelled, spared] = [newId(), newId()];
  await send("t/long", { id: cancelled });
  await send("t/long", { id: spared });
  await Promise.all([line(cancelled, "begins"), line(spared, "begins")]);
  await send("t/cancel", { id: cancelled });
  await line(spared, "ended");
  expect(bench.lines(cancelled)).toEqual(["begins"]);
});

test.concurrent("starts work with the same idempotency key once, and the same event once", async () => {
  const [id, eventId, n] = [newId(), newId(), newId()];
  await send("t/once", { id });
  await send("t/once", { id });
  await send("t/single", { id, n }, eventId);
  await send("t/single", { id, n }, eventId);
  await send("t/single", { id, n: "last" });
  await line(id, "ran last");
  await until("all runs to end", async () =>
    (await bench.runs(id)).every(({ status }) => status === "completed"),
  );
  expect(bench.lines(id).sort()).toEqual(["once", `ran ${n}`, `done ${n}`, "ran last", "done last"].sort());
});

test.concurrent("hands on texts that jsonb would refuse", async () => {
  const id = newId();
  await send("t/nul", { id, text: "x\u0000y" });
  await line(id, "length 4");
});

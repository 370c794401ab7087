import http from "node:http";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emptyTestDatabase, type TestDatabase, testDatabase } from "#lib/db/testing/index.ts";
import { openDatabase } from "./database.ts";
import { startJobServer } from "./index.ts";
import { defaultTuning, silentLog } from "./options.ts";
import { prune } from "./prune.ts";
import { ensureSchema } from "./schema.ts";
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

const isSynced = async () => {
  const health = (await fetch(`${bench.baseUrl}/health`).then((response) => response.json())) as {
    synced: boolean;
  };
  return health.synced;
};
const post = (path: string, body: string | object) =>
  fetch(`${bench.baseUrl}${path}`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

describe("who may speak", () => {
  test("events need the key, a body within bounds and names of their own", async () => {
    await bench.startServer();
    const event = { name: "t/single", data: {} };
    const key = `/e/${bench.eventKey}`;
    expect((await post("/e/wrong", event)).status).toBe(401);
    expect((await post("/e/", event)).status).toBe(401);
    expect((await post("/elsewhere", event)).status).toBe(404);
    expect((await fetch(`${bench.baseUrl}${key}`)).status).toBe(404);
    expect((await post(key, "{")).status).toBe(400);
    expect((await post(key, { data: {} })).status).toBe(400);
    expect((await post(key, { name: "inngest/function.failed", data: {} })).status).toBe(400);
    expect((await post(key, { name: "t/single", data: { text: "x".repeat(5_000_000) } })).status).toBe(413);
    const accepted = await post(key, [event, { ...event, id: "chosen" }]);
    expect(accepted.status).toBe(200);
    const { ids, status } = (await accepted.json()) as { ids: string[]; status: number };
    expect([status, ids.length, ids[1]]).toEqual([200, 2, "chosen"]);
    const { rows } = await bench.pool.query<{ id: string }>("select id from jobs.event order by seq");
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  test("the application runs nothing that isn't signed with its key", async () => {
    await bench.startApp();
    const id = newId();
    const call = (signature?: string) =>
      fetch(`${bench.appUrl}?fnId=sample-single&stepId=step`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(signature && { "x-inngest-signature": signature }),
        },
        body: JSON.stringify({
          ...{ version: 2, event: { name: "t/single", data: { id, n: 1 } }, events: [], steps: {} },
          ctx: {
            run_id: "forged",
            attempt: 0,
            disable_immediate_execution: false,
            use_api: false,
            stack: { stack: [], current: 0 },
          },
        }),
      });
    expect((await call()).status).toBe(401);
    expect((await call(`t=${Math.floor(Date.now() / 1_000)}&s=${"0".repeat(64)}`)).status).toBe(401);
    expect(bench.lines(id)).toEqual([]);
  });

  test("an answer that isn't signed with the key is not believed", async () => {
    let asked = 0;
    const impostor = http.createServer((_, response) => {
      asked += 1;
      response.writeHead(200, { "x-inngest-sdk": "js:v4", "content-type": "application/json" });
      response.end(JSON.stringify({ functions: [] }));
    });
    const port = Number(new URL(bench.appUrl).port);
    await new Promise<void>((resolve) => impostor.listen(port, "127.0.0.1", resolve));
    const server = await bench.startServer();
    await until("the impostor to be asked twice", () => asked >= 2);
    expect(await isSynced()).toBe(false);
    expect(server.output()).toContain("not signed");
    await new Promise((resolve) => impostor.close(resolve));
    await bench.startApp();
    await until("the application to be known", isSynced);
  });
});

describe("the application's functions", () => {
  test("changes are noticed after a restart, events for what was not there yet are not replayed", async () => {
    const [early, late] = [newId(), newId()];
    const server = await bench.startServer();
    const app = await bench.startApp();
    await until("the application to be known", isSynced);
    await bench.client.send({ name: "t/extra", data: { id: early } });
    await until("the event to be handled", async () => {
      const { rowCount } = await bench.pool.query("select from jobs.event where handled_at is not null");
      return rowCount === 1;
    });
    await app.kill();
    await bench.startApp("more");
    await until("the new function to be known", () => server.output().includes('"added":["sample-extra"]'));
    await bench.client.send({ name: "t/extra", data: { id: late } });
    await until("it to run", () => bench.lines(late).includes("extra"));
    expect(bench.lines(early)).toEqual([]);
  });

  test("what can't be run is refused with the function and the option", async () => {
    await bench.startApp("unsupported");
    const server = await bench.startServer();
    const sentence =
      "The function sample-calm uses debounce, which the embedded job server does not support.";
    await until("the refusal", () => server.output().includes(`refused ${sentence}`));
    expect(await isSynced()).toBe(false);
  });
});

describe("what can't be done", () => {
  test("a condition met only while running fails its run with a sentence", async () => {
    const id = newId();
    await Promise.all([bench.startApp(), bench.startServer()]);
    await bench.client.send({ name: "t/choosy", data: { id } });
    const run = await until("the run to end", async () =>
      (await bench.runs(id)).find(({ status }) => status !== "running"),
    );
    expect(run).toMatchObject({
      status: "failed",
      output: { message: expect.stringContaining("async.data.v > 3") },
    });
  });

  test("an event that can't be handled does not hold up the others", async () => {
    const id = newId();
    await bench.startServer();
    await bench.pool.query("insert into jobs.event (id, name, event) values ('broken', 't/single', 'null')");
    await bench.client.send({ name: "t/single", data: { id, n: 1 } });
    await bench.startApp();
    await until("the sound one", () => bench.lines(id).includes("done 1"));
  });

  test("a step that ends its process each time is given up", async () => {
    const id = newId();
    await bench.startServer();
    await bench.pool.query(
      `with run as (
         insert into jobs.run (fn, event, dedupe, slot) values ('sample-single', $1, 'd', '') returning id)
       insert into jobs.step (run, id, fn, slot, op, running, lost, due_at)
       select id, 'step', 'sample-single', '', 'Discover', true, 4, now() from run`,
      [JSON.stringify({ id: "e", name: "t/single", data: { id, n: 1 }, ts: 1 })],
    );
    await bench.startApp();
    const run = await until("the run to end", async () =>
      (await bench.runs(id)).find(({ status }) => status !== "running"),
    );
    expect(run).toMatchObject({
      status: "failed",
      output: { message: expect.stringContaining("begun 5 times") },
    });
    expect(bench.lines(id)).toEqual([]);
  });
});

describe("the database", () => {
  test("tables are made once, by however many servers, and a newer version is left alone", async () => {
    const pool = new pg.Pool({ connectionString: database.ownerUrl });
    const ensure = async () => {
      const client = await pool.connect();
      await ensureSchema(client).finally(() => client.release());
    };
    await Promise.all([ensure(), ensure(), ensure()]);
    await ensure();
    const { rows } = await pool.query("select version from jobs.version");
    expect(rows).toEqual([{ version: 1 }]);
    await pool.query("update jobs.version set version = 99");
    const options = {
      databaseUrl: database.ownerUrl,
      appUrl: bench.appUrl,
      port: 0,
      eventKey: "k",
      signingKey: "signkey-test-00",
    };
    await expect(startJobServer(options)).rejects.toThrow("version 99");
    await pool.end();
  });

  test("requests of the application can't reach the tables", async () => {
    const migrated = await testDatabase();
    const owner = new pg.Pool({ connectionString: migrated.ownerUrl });
    const app = new pg.Pool({ connectionString: migrated.appUrl });
    const client = await owner.connect();
    await ensureSchema(client).finally(() => client.release());
    await expect(app.query("select from jobs.event")).rejects.toThrow("permission denied for schema jobs");
    await expect(app.query("select jobs.claim('{}', '{}', 1, '1s', true)")).rejects.toThrow(
      "permission denied for schema jobs",
    );
    await Promise.all([owner.end(), app.end()]);
    await migrated.drop();
  });

  test("a port that is taken is refused, and everything is closed again", async () => {
    const port = await freePort();
    const other = http.createServer();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    const options = {
      databaseUrl: database.ownerUrl,
      appUrl: bench.appUrl,
      eventKey: "k",
      signingKey: "signkey-test-00",
    };
    await expect(startJobServer({ ...options, port })).rejects.toThrow("EADDRINUSE");
    await new Promise((resolve) => other.close(resolve));
    const server = await startJobServer({ ...options, port: 0 });
    expect(server.port).toBeGreaterThan(0);
    await server.stop();
    await server.stop(); // a second time changes nothing
  });

  test("old runs and events go in batches; running, young and unhandled ones stay", async () => {
    const jobs = openDatabase(database.ownerUrl, silentLog);
    const client = await jobs.pool.connect();
    await ensureSchema(client).finally(() => client.release());
    await jobs.pool.query(
      `insert into jobs.run (fn, event, dedupe, slot, status, created_at, ended_at)
       select 'f', '{}', kind || n, '', case kind when 'open' then 'running' else 'completed' end, now() - interval '30 days',
         case kind when 'old' then now() - interval '15 days' when 'young' then now() - interval '13 days' end
       from generate_series(1, 25) n, unnest(array['old', 'young', 'open']) kind`,
    );
    await jobs.pool.query(
      `insert into jobs.event (id, name, event, received_at, handled_at)
       select kind || n, 'e', '{}', now() - interval '30 days', case kind when 'old' then now() - interval '15 days' end
       from generate_series(1, 25) n, unnest(array['old', 'waiting']) kind`,
    );
    const tuning = { ...defaultTuning, pruneBatch: 10 };
    expect(
      await Promise.all([1, 2].map(() => prune(jobs, tuning, () => true))).then(([a, b]) => a! + b!),
    ).toBe(50);
    const { rows } = await jobs.pool.query(
      "select (select count(*)::int from jobs.run) as runs, (select count(*)::int from jobs.event) as events",
    );
    expect(rows).toEqual([{ runs: 50, events: 25 }]);
    await jobs.end();
  });
});

import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { asOwner } from "#prisma/factories.ts";

/** Takes the place of the job server's event API: keeps what it accepts, and fails on demand. */
let server: Server;
let accepted: { id: string; name: string }[] = [];
let failures = 0;
let relay: typeof import("./relay.ts");

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk as string;
    if (failures > 0) {
      failures -= 1;
      response.writeHead(400).end('{"error":"not now","status":400}');
      return;
    }
    const events = JSON.parse(body) as { id: string; name: string }[];
    accepted.push(...events);
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ ids: events.map(({ id }) => id), status: 200 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    INNGEST_BASE_URL: address,
    INNGEST_EVENT_KEY: "test",
    INNGEST_SIGNING_KEY: `signkey-test-${"0".repeat(64)}`,
  });
  relay = await import("./relay.ts");
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const emit = (count: number) =>
  asOwner(
    "INSERT INTO outbox (name, data) SELECT 'document/uploaded', jsonb_build_object('documentId', uuidv7()) FROM generate_series(1, $1) RETURNING id",
    [count],
  );

describe("the relay", () => {
  it("misses nothing when transactions commit in another order than they began", async () => {
    accepted = [];
    let isWriting = true;
    // this transaction begins first, takes its ids first and commits last
    const late = asOwner(
      `WITH one AS (INSERT INTO outbox (name, data) VALUES ('document/uploaded', '{}') RETURNING id), slept AS (SELECT pg_sleep(0.4))
       SELECT id FROM one, slept`,
    );
    const writers = Promise.all(
      Array.from({ length: 6 }, async () => {
        for (let i = 0; i < 20; i++) await emit(3);
      }),
    ).then(() => late);
    void writers.finally(() => (isWriting = false));
    while (isWriting) await relay.relayOnce();
    await writers;
    while ((await relay.relayOnce()) > 0);
    expect(accepted).toHaveLength(6 * 20 * 3 + 1);
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(accepted.length);
    expect(accepted.map(({ id }) => id)).toContain((await late)[0]!.id);
    const order = await asOwner<{ id: string }>("SELECT id FROM outbox ORDER BY seq");
    expect(accepted.map(({ id }) => id)).toEqual(order.map(({ id }) => id));
  });

  it("delivers again what was not accepted, under the same id", async () => {
    accepted = [];
    const [event] = await emit(1);
    failures = 5; // as many tries as the library makes
    await expect(relay.relayOnce()).rejects.toThrow();
    expect(accepted).toHaveLength(0);
    expect(await relay.relayOnce()).toBe(1);
    expect(accepted.map(({ id }) => id)).toEqual([event!.id]);
    expect(await relay.relayOnce()).toBe(0);
  });

  it("is active once, and goes on in another instance when its connection dies", async () => {
    accepted = [];
    const instances = [relay.startRelay(), relay.startRelay(), relay.startRelay()];
    const holders = () =>
      asOwner<{ pid: number }>(
        "SELECT l.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = 'sheaf-relay' AND a.datname = current_database()",
      );
    await vi.waitFor(async () => expect(await holders()).toHaveLength(1), { timeout: 10_000 });
    await emit(5);
    await vi.waitFor(() => expect(accepted).toHaveLength(5), { timeout: 10_000 });
    const [first] = await holders();
    await terminate(first!.pid);
    await emit(5);
    await vi.waitFor(() => expect(new Set(accepted.map(({ id }) => id)).size).toBe(10), { timeout: 15_000 });
    expect(await holders()).toHaveLength(1);
    await Promise.all(instances.map((instance) => instance.stop()));
    expect(await holders()).toHaveLength(0);
  });
});

async function terminate(pid: number): Promise<void> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  // a role may end its own connections
  await client.query("SELECT pg_terminate_backend($1)", [pid]);
  await client.end();
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { asOwner, makePerson } from "#prisma/factories.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { operation } from "#lib/http/operation.ts";
import { route } from "#lib/http/route.ts";
import { tokenOf } from "#lib/http/test-support.ts";
import { countCall, returnCall } from "./index.ts";
import { writeTallies } from "./tallies.ts";

const some = (most: number) =>
  ({
    name: `test:${randomUUID()}`,
    limit: { most, windowSeconds: 3600, per: "address", isShared: true },
  }) as const;
/** How many of these calls at once were allowed. */
async function allowed(calls: Promise<unknown>[]): Promise<number> {
  const results = await Promise.allSettled(calls);
  for (const result of results)
    if (result.status === "rejected") expect((result.reason as AppError).code).toBe("rate_limited");
  return results.filter(({ status }) => status === "fulfilled").length;
}
const times = <Made>(n: number, make: (i: number) => Made): Made[] =>
  Array.from({ length: n }, (_, i) => make(i));
const countOf = async (key: string) =>
  (await asOwner<{ count: number }>("SELECT count FROM rate_windows WHERE key = $1", [key]))[0]?.count;

it("allows exactly as many calls at once as there are, and asks nobody about the next", async () => {
  const limit = some(20);
  expect(await allowed(times(60, () => countCall(limit, "somebody")))).toBe(20);
  expect(await countOf(`${limit.name}:somebody`)).toBe(20);
  // the database would allow it again: it is not asked
  await asOwner("DELETE FROM rate_windows WHERE key = $1", [`${limit.name}:somebody`]);
  expect(await allowed(times(60, () => countCall(limit, "somebody")))).toBe(0);
  expect(await countOf(`${limit.name}:somebody`)).toBeUndefined();
});

it("counts a call that was given back no longer", async () => {
  const limit = some(1);
  const call = () => allowed([countCall(limit, "2001:db8:0:1::/64")]);
  expect([await call(), await call()]).toEqual([1, 0]);
  await returnCall(limit, "2001:db8:0:1::/64");
  expect([await call(), await call()]).toEqual([1, 0]);
  expect(await countOf(`${limit.name}:2001:db8:0::/48`)).toBe(1);
});

it("holds all networks of an IPv6 /48 to ten times what each may", async () => {
  const limit = some(2);
  const from = (site: string) => (i: number) =>
    countCall(limit, `link:2001:db8:${site}:${i.toString(16)}::/64`);
  expect(await allowed(times(30, from("a")))).toBe(20);
  expect(await allowed(times(3, from("b")))).toBe(3);
});

it("says in the terms of the IETF's draft what is left, in refusals and errors, too, and notes who called", async () => {
  const schemas = { query: z.object({ fail: z.string().max(1).optional() }), answers: { 200: z.unknown() } };
  const path = `/${randomUUID()}`;
  const handler = route(
    operation<typeof schemas>()({
      method: "GET",
      path,
      summary: "For this test",
      auth: "user",
      rate: "share",
    }),
    schemas,
    async ({ query }) => {
      if (query.fail) throw new AppError("not_found", "Not there");
      return { body: 1 };
    },
  );
  const person = await makePerson();
  const headers = { authorization: `Bearer ${await tokenOf(person)}` };
  const call = (query = "") =>
    handler(new Request(`${env.APP_URL}${path}${query}`, { headers }), { params: Promise.resolve({}) });
  const most = Math.ceil(50 * env.RATE_LIMIT_FACTOR);
  const first = await call();
  expect(first.headers.get("ratelimit-policy")).toBe(`"share";q=${most};w=3600`);
  expect(first.headers.get("ratelimit")).toMatch(new RegExp(`^"share";r=${most - 1};t=[1-9]\\d*$`));
  const failed = await call("?fail=1");
  expect([failed.status, failed.headers.get("ratelimit-remaining")]).toEqual([404, String(most - 2)]);
  await asOwner("UPDATE rate_windows SET count = $2 WHERE key = $1", [`share:${person.id}`, most]);
  const refused = await call();
  expect(refused.status).toBe(429);
  const seconds = refused.headers.get("retry-after");
  expect(refused.headers.get("ratelimit")).toBe(`"share";r=0;t=${seconds}`);
  expect(await refused.json()).toMatchObject({ code: "rate_limited", retryAfterSeconds: Number(seconds) });

  const tallied = () =>
    asOwner(
      "SELECT sum(calls)::int AS calls, sum(refused)::int AS refused FROM rate_tallies WHERE route = $1 AND caller = $2",
      [`GET ${path}`, person.id],
    );
  await Promise.all([writeTallies(), writeTallies()]);
  expect(await tallied()).toEqual([{ calls: 3, refused: 1 }]);
  await call();
  await writeTallies();
  expect(await tallied()).toEqual([{ calls: 4, refused: 2 }]);
});

const hasRedis = (() => {
  try {
    return execFileSync("redis-server", ["--version"]).length > 0;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasRedis)("with Redis", () => {
  let server: ChildProcess | undefined;
  afterEach(() => {
    server?.kill("SIGKILL");
    vi.resetModules();
    delete process.env.REDIS_URL;
  });

  async function start(port: number): Promise<void> {
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    const started = (server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] }));
    for await (const text of started.stdout) if (String(text).includes("Ready to accept")) return;
  }

  it("counts there, and in the database as soon as it does not answer", async () => {
    const port = await freePort();
    await start(port);
    process.env.REDIS_URL = `redis://127.0.0.1:${port}`;
    vi.resetModules();
    const fresh = await import("./index.ts");
    const limit = some(20);
    expect(await allowed(times(60, () => fresh.countCall(limit, "somebody")))).toBe(20);
    expect(await countOf(`${limit.name}:somebody`)).toBeUndefined();
    const given = some(1);
    await fresh.countCall(given, "somebody");
    await fresh.returnCall(given, "somebody");
    expect(await allowed([fresh.countCall(given, "somebody")])).toBe(1);

    server?.kill("SIGKILL");
    const later = some(20);
    expect(await allowed(times(60, () => fresh.countCall(later, "somebody")))).toBe(20);
    expect(await countOf(`${later.name}:somebody`)).toBe(20);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

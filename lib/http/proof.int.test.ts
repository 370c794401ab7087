import { inspect } from "node:util";
import { encode } from "next-auth/jwt";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { authenticate, hashSecret, newSecret, recognize, tokenPrefix } from "#lib/auth/index.ts";
import { type Actor, system, type UserActor } from "#lib/authz/actor.ts";
import { confirm, Prisma, read, transaction, write } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { type AppError } from "#lib/errors/index.ts";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { operation } from "./operation.ts";
import { route } from "./route.ts";

/** Somebody who has called before, so that the next call is not asked about first. */
async function caller(via: "session" | "token") {
  const person = await makePerson();
  const headers = new Headers(via === "session" ? await withSession(person) : await withToken(person));
  expect((await authenticate(headers)).actor).toMatchObject({ kind: "user", id: person.id });
  return { person, headers };
}

async function withSession({ id }: Person) {
  const [row] = await asOwner<{ id: string }>(
    "INSERT INTO sessions (user_id, expires_at) VALUES ($1, now() + interval '1 day') RETURNING id",
    [id],
  );
  const text = await encode({ token: { sub: id, sessionId: row!.id }, secret: env.AUTH_SECRET });
  return { cookie: `next-auth.session-token=${text}` };
}

async function withToken({ id }: Person) {
  const { secret } = newSecret(tokenPrefix);
  await asOwner(
    "INSERT INTO tokens (user_id, kind, scope, hash, expires_at) VALUES ($1, 'access', 'admin', $2, now() + interval '1 day')",
    [id, hashSecret(secret)],
  );
  return { authorization: `Bearer ${secret}` };
}

const endings: Record<string, (person: Person) => Promise<unknown>> = {
  revoked: ({ id }) =>
    asOwner("WITH t AS (UPDATE tokens SET revoked_at = now() WHERE user_id = $1) UPDATE sessions SET revoked_at = now() WHERE user_id = $1", [id]), // prettier-ignore
  expired: ({ id }) =>
    asOwner("WITH t AS (UPDATE tokens SET expires_at = now() WHERE user_id = $1) UPDATE sessions SET expires_at = now() WHERE user_id = $1", [id]), // prettier-ignore
  deleted: ({ id }) =>
    asOwner("WITH t AS (DELETE FROM tokens WHERE user_id = $1) DELETE FROM sessions WHERE user_id = $1", [id]), // prettier-ignore
  suspended: ({ id }) => asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [id]),
};

const schemas = { params: z.object({ id: z.string().max(5) }), answers: { 200: z.unknown() } };
const getThing = operation<typeof schemas>()({
  method: "GET",
  path: "/api/v1/things/{id}",
  summary: "For this test",
  auth: "user",
  rate: "read",
});

/** A call that writes, with a body. */
const posting = { ...schemas, body: z.object({ note: z.string().max(20) }) };
const postThing = operation<typeof posting>()({ ...getThing, method: "POST" });

const own = (actor: UserActor) =>
  read(actor, z.object({ id: z.string() }), Prisma.sql`SELECT id FROM users WHERE id = app.actor_id()`);

/** Routes that get to the database early, late, by another way and not at all. */
const kinds = {
  "reads in one message": route(getThing, schemas, async ({ actor }) => ({ body: await own(actor) })),
  "reads in a transaction": route(getThing, schemas, async ({ actor }) => ({
    body: await transaction(actor, (tx) => tx.$queryRaw`SELECT id FROM users WHERE id = app.actor_id()`),
  })),
  "reads twice at once": route(getThing, schemas, async ({ actor }) => ({
    body: (await Promise.all([own(actor), own(actor)]))[0],
  })),
  "reads nothing": route(getThing, schemas, async ({ actor }) => ({ body: [{ id: actor.id }] })),
  "answers by itself": route(getThing, schemas, async ({ actor }) => Response.json([{ id: actor.id }])),
};
const call = async (handler: (typeof kinds)["reads nothing"], headers: Headers, id = "1") => {
  const response = await handler(new Request("http://localhost/api/v1/things/1", { headers }), {
    params: Promise.resolve({ id }),
  });
  return { status: response.status, body: (await response.json()) as unknown };
};

describe.each(["session", "token"] as const)("a known %s", (via) => {
  it.each(Object.entries(kinds))("is good for a route that %s", async (_, handler) => {
    const { person, headers } = await caller(via);
    for (let i = 0; i < 3; i++)
      expect(await call(handler, headers)).toEqual({ status: 200, body: [{ id: person.id }] });
  });

  it.each(Object.keys(endings))(
    "that is %s is refused by every route, and answers nothing else",
    async (ending) => {
      for (const handler of Object.values(kinds)) {
        const { person, headers } = await caller(via);
        expect(await call(handler, headers)).toMatchObject({ status: 200 });
        await endings[ending]!(person);
        for (let i = 0; i < 2; i++)
          expect(await call(handler, headers)).toMatchObject({
            status: 401,
            body: { code: "unauthenticated" },
          });
        // also where the call itself is at fault
        expect(await call(handler, headers, "too long")).toMatchObject({ status: 401 });
      }
    },
  );

  it("that ends while a call is under way lets it do nothing that has not begun", async () => {
    const { person, headers } = await caller(via);
    const seen: unknown[] = [];
    const handler = route(getThing, schemas, async ({ actor }) => {
      if (seen.push(actor.proof?.isHeld) === 1) await endings.revoked!(person);
      return { body: await own(actor) };
    });
    expect(await call(handler, headers)).toMatchObject({ status: 401 });
    expect(seen).toEqual([false]);
  });

  it("of somebody who became a system admin, or is one no more, counts as what they are now", async () => {
    const { person, headers } = await caller(via);
    const handler = route(getThing, schemas, async ({ actor }) => {
      await own(actor);
      return { body: actor.isSystemAdmin };
    });
    for (const isAdmin of [true, false]) {
      await asOwner("UPDATE users SET is_system_admin = $2 WHERE id = $1", [person.id, isAdmin]);
      expect(await call(handler, headers)).toEqual({ status: 200, body: isAdmin });
    }
  });

  it("is asked about before anything is written, whatever writes first", async () => {
    const { person, headers } = await caller(via);
    headers.set("sec-fetch-site", "same-origin");
    headers.set("content-type", "application/json");
    const rename = Prisma.sql`UPDATE users SET name = name || '+' WHERE id = ${person.id}::uuid`;
    const ways: ((actor: UserActor) => Promise<unknown>)[] = [
      (actor) => write(actor, z.object({}), rename),
      () => write(system, z.object({}), rename),
      (actor) => transaction(actor, (tx) => tx.$executeRaw(rename)),
      () => transaction(system, (tx) => tx.$executeRaw(rename)),
      (actor) =>
        Promise.all([
          write(actor, z.object({}), rename),
          transaction(system, (tx) => tx.$executeRaw(rename)),
        ]),
    ];
    const handlers = ways.map((way) =>
      route(postThing, posting, async ({ actor }) => ({
        body: await way(actor),
      })),
    );
    const post = async (handler: (typeof handlers)[number]) => {
      const request = new Request("http://localhost/api/v1/things/1", {
        method: "POST",
        headers,
        body: JSON.stringify({ note: "written once" }),
      });
      return (await handler(request, { params: Promise.resolve({ id: "1" }) })).status;
    };
    const name = async () =>
      (await asOwner<{ name: string }>("SELECT name FROM users WHERE id = $1", [person.id]))[0]!.name;
    for (const handler of handlers) expect(await post(handler)).toBe(200);
    expect(await name()).toBe(`${person.name}${"+".repeat(6)}`);
    await endings.revoked!(person);
    for (const handler of handlers) expect(await post(handler)).toBe(401);
    expect(await name()).toBe(`${person.name}${"+".repeat(6)}`);
  });

  it("whose role changed meanwhile does what was asked for once, with its body", async () => {
    const { person, headers } = await caller(via);
    headers.set("sec-fetch-site", "same-origin");
    headers.set("content-type", "application/json");
    const seen: unknown[] = [];
    const handler = route(postThing, posting, async ({ actor, body }) => {
      await write(
        actor,
        z.object({}),
        Prisma.sql`UPDATE users SET name = ${body.note} WHERE id = app.actor_id()`,
      );
      seen.push(actor.isSystemAdmin);
      return { body: 1 };
    });
    await asOwner("UPDATE users SET is_system_admin = true WHERE id = $1", [person.id]);
    const request = new Request("http://localhost/api/v1/things/1", {
      method: "POST",
      headers,
      body: JSON.stringify({ note: "Renamed" }),
    });
    expect((await handler(request, { params: Promise.resolve({ id: "1" }) })).status).toBe(200);
    expect(seen).toEqual([true]);
    expect(await asOwner("SELECT name FROM users WHERE id = $1", [person.id])).toEqual([{ name: "Renamed" }]);
  });

  it("notes the time of use", async () => {
    const { person, headers } = await caller(via);
    const [table, column] = via === "session" ? ["sessions", "last_seen_at"] : ["tokens", "last_used_at"];
    await asOwner(`UPDATE ${table} SET ${column} = now() - interval '1 hour' WHERE user_id = $1`, [
      person.id,
    ]);
    expect(await call(kinds["reads in one message"], headers)).toMatchObject({ status: 200 });
    const [row] = await asOwner<{ recent: boolean }>(
      `SELECT ${column} > now() - interval '1 minute' AS recent FROM ${table} WHERE user_id = $1`,
      [person.id],
    );
    expect(row).toEqual({ recent: true });
  });

  it("waits for nobody who holds its row: the time of use is noted another time", async () => {
    const { person, headers } = await caller(via);
    const [table, column] = via === "session" ? ["sessions", "last_seen_at"] : ["tokens", "last_used_at"];
    await asOwner(`UPDATE ${table} SET ${column} = now() - interval '1 hour' WHERE user_id = $1`, [
      person.id,
    ]);
    const holder = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
    await holder.connect();
    try {
      await holder.query("BEGIN");
      await holder.query(`UPDATE ${table} SET expires_at = expires_at WHERE user_id = $1`, [person.id]);
      expect(await call(kinds["reads in one message"], headers)).toMatchObject({ status: 200 });
      const { rows } = await holder.query(
        `SELECT ${column} < now() - interval '1 minute' AS old FROM ${table} WHERE user_id = $1`,
        [person.id],
      );
      expect(rows).toEqual([{ old: true }]);
    } finally {
      await holder.end();
    }
  });
});

describe("a known token", () => {
  it("that may less or more than before counts as what it may now", async () => {
    const { person, headers } = await caller("token");
    const handlers = Object.values(kinds).map((handler) => ({
      scoped: route({ ...getThing, scope: "write" }, schemas, async ({ actor }) => ({
        body: await own(actor),
      })),
      handler,
    }));
    for (const [scope, status] of [
      ["read", 403],
      ["write", 200],
      ["read", 403],
      ["admin", 200],
    ] as const) {
      await asOwner("UPDATE tokens SET scope = $2 WHERE user_id = $1", [person.id, scope]);
      for (const { scoped, handler } of handlers) {
        expect(await call(scoped, headers)).toMatchObject({ status });
        // one that any token may, too, is not stopped by what was remembered
        expect(await call(handler, headers)).toMatchObject({ status: 200 });
      }
    }
  });
});

describe("a proof", () => {
  const unproven = async () => {
    const { person, headers } = await caller("token");
    const { actor } = await recognize(headers);
    return { person, headers, actor: actor as UserActor };
  };

  it("holds for nobody else", async () => {
    const [mine, theirs] = [await unproven(), await unproven()];
    const forged: Actor = { ...mine.actor, id: theirs.person.id };
    for (const work of [() => own(forged), () => confirm(forged), () => transaction(forged, async () => 1)])
      await expect(work()).rejects.toMatchObject({ code: "unauthenticated" } satisfies Partial<AppError>);
    const promoted: Actor = { ...mine.actor, isSystemAdmin: true };
    await expect(own(promoted)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(mine.actor.proof?.isHeld).toBe(false);
    expect(await own(mine.actor)).toEqual([{ id: mine.person.id }]);
    expect(mine.actor.proof?.isHeld).toBe(true);
  });

  it("shows its secret in no log and no payload", async () => {
    const { headers, actor } = await unproven();
    const token = headers.get("authorization")!.slice("Bearer ".length);
    const shown = JSON.stringify(actor) + inspect(actor, { depth: 9, showHidden: true });
    for (const encoding of ["hex", "base64", "base64url"] as const)
      expect(shown).not.toContain(hashSecret(token).toString(encoding));
    expect(shown).not.toContain(token);
  });

  it("is held by nobody who was never found", async () => {
    const headers = new Headers({ authorization: `Bearer ${newSecret(tokenPrefix).secret}` });
    expect((await recognize(headers)).actor).toEqual({ kind: "everyone" });
    expect(await call(kinds["reads nothing"], headers)).toMatchObject({ status: 401 });
  });
});

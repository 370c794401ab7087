import { randomUUID } from "node:crypto";
import { type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { makePerson } from "#prisma/factories.ts";
import { actAs, ActorPool } from "./context.ts";
import { databaseError } from "./errors.ts";
import { Prisma, read, statement, transaction } from "./index.ts";
import { send } from "./message.ts";

const who = {
  text: "SELECT app.actor_id() AS id, current_setting('transaction_read_only') AS reads",
  values: [],
};
const failures = {
  "while it runs": { text: "SELECT 1 / $1::int AS n", values: [0] },
  "in a value": { text: "SELECT $1::uuid AS id", values: ["no id"] },
  "in the text": { text: "SELECT FROM nowhere WHERE", values: [] },
  "in a table that is not there": { text: "SELECT * FROM nowhere", values: [] },
  "by a rule of ours": { text: "SELECT app.purge_collection($1::uuid)", values: [randomUUID()] },
};

let ada: UserActor;
let bo: UserActor;
let pool: ActorPool;
beforeAll(async () => {
  [ada, bo] = [await makePerson(), await makePerson()];
  pool = poolOf({});
});
afterAll(() => pool.end());

/** One connection: whoever comes next gets what the one before left. */
const poolOf = (options: object) => {
  const made = new ActorPool({ connectionString: process.env.DATABASE_URL, max: 1, ...options });
  made.on("error", () => {});
  made.on("connect", (client) => client.on("error", () => {}));
  return made;
};
const isReading = true;
const readAs = (actor: UserActor) => actAs(actor, { isReading });
const idRow = z.object({ id: z.string().nullable() });
const ask = (actor: UserActor, on = pool) =>
  send<{ id: string; reads: string }>(on, [readAs(actor), who], { isReading });
const askNobody = () => send<{ id: string | null; reads: string }>(pool, [who], { isReading });

describe("one message", () => {
  it("leaves nothing of an actor to the next one, a thousand times, whatever fails between", async () => {
    const kinds = Object.values(failures);
    for (let i = 0; i < 1000; i++) {
      const [actor, other] = i % 2 ? [ada, bo] : [bo, ada];
      // now and then enough at once for some of them to wait, and go together
      const crowd = i % 3 ? [] : [ask(other), ask(actor)];
      const failing = send(pool, [readAs(other), kinds[i % kinds.length]!], { isReading }).then(
        () => "answered",
        (error: unknown) => databaseError(error)?.code,
      );
      const asked = ask(actor);
      const nobody = askNobody();
      expect(await failing).toMatch(/^[0-9A-Z]{5}$/);
      expect(await asked).toEqual([{ id: actor.id, reads: "on" }]);
      expect(await nobody).toEqual([{ id: null, reads: "off" }]);
      for (const [n, row] of (await Promise.all(crowd)).entries())
        expect(row).toEqual([{ id: [other, actor][n]!.id, reads: "on" }]);
    }
    // all of it over the same connection
    expect(pool.totalCount).toBe(1);
  });

  it.each(Object.entries(failures))("is told what failed %s, as often as it fails", async (_, failing) => {
    for (let i = 0; i < 3; i++) {
      await expect(send(pool, [readAs(ada), failing])).rejects.toHaveProperty("severity", "ERROR");
    }
    expect(await askNobody()).toEqual([{ id: null, reads: "off" }]);
  });

  it("answers in order when many wait for the connection", async () => {
    const actors = Array.from({ length: 200 }, () => ({ kind: "user", id: randomUUID() }) as const);
    const seen = await Promise.all(actors.map((actor) => ask(actor)));
    expect(seen.map(([row]) => row!.id)).toEqual(actors.map(({ id }) => id));
  });

  it("sees nothing without a context", async () => {
    expect(await send(pool, [{ text: "SELECT FROM users", values: [] }])).toEqual([]);
    expect(await send(pool, [readAs(ada), { text: "SELECT id FROM users", values: [] }])).toEqual([
      { id: ada.id },
    ]);
  });

  it("keeps no context of a transaction, and leaves none to one", async () => {
    await transaction(ada, (tx) => tx.$queryRaw`SELECT 1`);
    expect(await statement(idRow, "SELECT app.actor_id() AS id", [])).toEqual([{ id: null }]);
    await read(ada, z.object({}), Prisma.sql`SELECT 1`);
    const seen = await transaction(bo, (tx) => tx.$queryRaw`SELECT app.actor_id() AS id`);
    expect(seen).toEqual([{ id: bo.id }]);
  });
});

describe("reads that had to wait", () => {
  /** As many at once as it takes for some to go together. */
  const crowd = (on: ActorPool) => Array.from({ length: 12 }, (_, n) => ask(n % 2 ? ada : bo, on));
  const seen = (n: number) => ({ id: (n % 2 ? ada : bo).id, reads: "on" });

  it("share a connection, a write and nothing else", async () => {
    const writes: number[] = [];
    const watched = poolOf({});
    watched.once("acquire", (client) => {
      const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
      const before = stream.uncork.bind(stream);
      stream.uncork = () => {
        writes.push(stream.writableLength);
        before();
      };
    });
    try {
      // on a busy machine each may count as slow, and its statement then goes by itself for a while: some other one is quick
      for (let tried = 1; tried <= 50; tried++) {
        writes.length = 0;
        const asked = { ...who, text: `${who.text} /* ${tried} */` };
        const answers = await Promise.all(
          Array.from({ length: 12 }, (_, n) =>
            send(watched, [readAs(n % 2 ? ada : bo), asked], { isReading }),
          ),
        );
        expect(answers).toEqual(answers.map((_, n) => [seen(n)]));
        expect(writes.length).toBeGreaterThan(0);
        if (writes.length < 12) break;
      }
      expect(writes.length).toBeLessThan(12);
    } finally {
      await watched.end();
    }
  });

  it("go together from whichever bundle they come", async () => {
    vi.resetModules();
    const copy = await import("./message.ts");
    expect(copy.send).not.toBe(send);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        (n % 3 ? send : copy.send)(pool, [readAs(n % 2 ? ada : bo), who], { isReading }),
      ),
    );
    expect(answers).toEqual(answers.map((_, n) => [seen(n)]));
  });

  it("are read as they were described, also behind one that the server forgot", async () => {
    const shaped = (n: number) => send(pool, [readAs(ada), { text: "SELECT $1::int AS n", values: [n] }], { isReading }); // prettier-ignore
    expect(await shaped(1)).toEqual([{ n: 1 }]);
    const invalid = { text: "SELECT $1::int AS n", values: ["none"] };
    const mixed = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) =>
        n % 4 === 2 ? send(pool, [readAs(ada), invalid], { isReading }) : shaped(n),
      ),
    );
    expect(mixed.map((one) => (one.status === "fulfilled" ? one.value : "refused"))).toEqual(
      mixed.map((_, n) => (n % 4 === 2 ? "refused" : [{ n }])),
    );
  });

  it("do not wait behind what waits for a lock", async () => {
    const wide = poolOf({ max: 4 });
    const holder = await pool.connect();
    try {
      await holder.query("BEGIN; SELECT pg_advisory_xact_lock(4711)");
      const first = crowd(wide);
      const locked = send(wide, [{ text: "SELECT pg_advisory_xact_lock(4711)", values: [] }]);
      const behind = crowd(wide);
      await Promise.all([...first, ...behind]);
      await holder.query("COMMIT");
      await locked;
    } finally {
      holder.release();
      await wide.end();
    }
  });

  it("do not wait behind what was slow before", async () => {
    const wide = poolOf({ max: 4 });
    const order: string[] = [];
    const sleep = () => send(wide, [{ text: "SELECT pg_sleep(0.15)", values: [] }], { isReading });
    try {
      await sleep();
      const first = crowd(wide);
      const slow = sleep().then(() => order.push("slow"));
      const behind = crowd(wide).map((one) => one.then(() => order.push("quick")));
      await Promise.all([...first, slow, ...behind]);
      expect(order.at(-1)).toBe("slow");
    } finally {
      await wide.end();
    }
  });

  it("are sent again when the connection ends before their turn", async () => {
    const ended = crowd(pool).concat(
      send(pool, [{ text: "SELECT pg_terminate_backend(pg_backend_pid())", values: [] }], { isReading }).then(
        () => [],
        () => [],
      ),
      crowd(pool),
    );
    const answers = await Promise.all(ended);
    expect(answers.filter(([row]) => row).map(([row]) => row!.reads)).toEqual(Array(24).fill("on"));
  });
});

describe("a connection that breaks", () => {
  const end = { text: "SELECT pg_terminate_backend(pg_backend_pid())", values: [] };
  it.each([
    ["before the answer", () => [readAs(ada), end]],
    ["between two statements", () => [end, readAs(ada)]],
  ])("%s fails that message alone", async (_, statements) => {
    await expect(send(pool, statements())).rejects.toThrow(/terminat/);
    expect(await ask(bo)).toEqual([{ id: bo.id, reads: "on" }]);
  });

  it("without a word from the server fails that message alone", async () => {
    pool.once("acquire", (client) => {
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    });
    await expect(ask(ada)).rejects.toThrow(/connection|terminated/i);
    expect(await ask(bo)).toEqual([{ id: bo.id, reads: "on" }]);
  });

  it("is replaced when the server closed it while nobody used it", async () => {
    await ask(ada);
    const [{ pid } = { pid: 0 }] = await send<{ pid: number }>(pool, [
      { text: "SELECT pg_backend_pid() AS pid", values: [] },
    ]);
    await statement(z.object({}), "SELECT pg_terminate_backend($1::int)", [pid]);
    await expect.poll(() => pool.totalCount, { timeout: 5_000 }).toBe(0);
    expect(await ask(bo)).toEqual([{ id: bo.id, reads: "on" }]);
  });
});

describe("limits", () => {
  it("ends with a statement that takes too long, and its limit ends with it", async () => {
    const slow = [
      { text: "SELECT set_config('statement_timeout', '30', true)", values: [] },
      { text: "SELECT pg_sleep(20)", values: [] },
    ];
    await expect(send(pool, [readAs(ada), ...slow])).rejects.toHaveProperty("code", "57014");
    expect(
      await send(pool, [{ text: "SELECT current_setting('statement_timeout') AS t", values: [] }]),
    ).toEqual([{ t: "0" }]);
    expect(await ask(bo)).toEqual([{ id: bo.id, reads: "on" }]);
  });

  it("waits for a connection, and says so when none becomes free", async () => {
    const hurried = poolOf({ connectionTimeoutMillis: 1_000 });
    try {
      const taken = await hurried.connect();
      await expect(ask(ada, hurried)).rejects.toThrow("timeout");
      const waiting = ask(ada, hurried);
      taken.release();
      expect(await waiting).toEqual([{ id: ada.id, reads: "on" }]);
    } finally {
      await hurried.end();
    }
  });

  it("refuses a value that cannot be sent before anything is", async () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    await expect(send(pool, [readAs(ada), { text: "SELECT $1::jsonb", values: [circle] }])).rejects.toThrow(
      "circular",
    );
    expect(await ask(bo)).toEqual([{ id: bo.id, reads: "on" }]);
  });
});

describe("read", () => {
  it("may not write", async () => {
    await expect(
      read(ada, idRow, Prisma.sql`UPDATE users SET name = 'x' RETURNING id`),
    ).rejects.toHaveProperty("code", "25006");
  });

  it("speaks the database's refusals as AppErrors", async () => {
    await expect(
      read(ada, idRow, Prisma.sql`SELECT app.refresh_principals(ARRAY[]::uuid[])`),
    ).rejects.toMatchObject({
      code: "forbidden",
      reason: "action",
    });
  });

  it("is part of a transaction of the same actor, and of no other's", async () => {
    await transaction(ada, async (tx) => {
      await tx.$executeRaw`UPDATE users SET name = 'Ada King' WHERE id = ${ada.id}::uuid`;
      const name = (actor: UserActor) =>
        read(
          actor,
          z.object({ name: z.string() }),
          Prisma.sql`SELECT name FROM users WHERE id = ${ada.id}::uuid`,
        );
      expect(await name({ ...ada })).toEqual([{ name: "Ada King" }]);
      expect(await name(bo)).toEqual([]);
    });
  });

  it("takes and gives the types that a transaction's raw queries do", async () => {
    const day = new Date("2026-11-20T10:11:12.345Z");
    const query = Prisma.sql`
      SELECT ${7}::int AS int, ${2n ** 60n}::bigint AS big, ${day}::timestamptz AS at, ${true}::boolean AS yes, NULL::text AS none,
             ${'say "hi" \\ {},'}::text AS text, ${ada.id}::uuid AS id, ${JSON.stringify({ a: [1] })}::jsonb AS json, 1.5::float8 AS float,
             ${["a", 'b"', "c\\,"]}::text[] AS list, ${[ada.id]}::uuid[] AS ids`;
    const [seen] = await read(ada, z.looseObject({}), query);
    expect(seen).toEqual({
      int: 7,
      big: 2n ** 60n,
      at: day,
      yes: true,
      none: null,
      text: 'say "hi" \\ {},',
      id: ada.id,
      json: { a: [1] },
      float: 1.5,
      list: ["a", 'b"', "c\\,"],
      ids: [ada.id],
    });
    expect(await transaction(ada, (tx) => tx.$queryRaw(query))).toEqual([seen]);
  });
});

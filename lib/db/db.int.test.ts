import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import pg from "pg";
import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { type AppError } from "#lib/errors/index.ts";
import { Prisma, read, transaction } from "./index.ts";

const owner = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
let person: string;
beforeAll(async () => {
  await owner.connect();
  const { rows } = await owner.query("INSERT INTO workspaces (name) VALUES ('w') RETURNING id");
  const added = await owner.query(
    "INSERT INTO users (workspace_id, email, email_normalized, name, email_verified_at) VALUES ($1, $2, $2, 'Ada', now()) RETURNING id",
    [rows[0].id, `${randomUUID()}@example.org`],
  );
  person = added.rows[0].id as string;
});
afterAll(() => owner.end());

const context = (tx: { $queryRaw: (s: TemplateStringsArray) => Promise<unknown> }) =>
  tx.$queryRaw`SELECT app.actor_id() AS id, app.is_system() AS system` as Promise<
    { id: string | null; system: boolean }[]
  >;

describe("transaction", () => {
  it("runs as the actor, also when it holds a single statement", async () => {
    const me = { kind: "user", id: person } as const;
    expect(await transaction(me, context)).toEqual([{ id: person, system: false }]);
    expect(await transaction(me, (tx) => tx.user.count())).toBe(1);
    expect(await transaction(system, context)).toEqual([{ id: null, system: true }]);
  });

  it("shows nothing to nobody, and nothing of others to a stranger", async () => {
    expect(await transaction({ kind: "everyone" }, (tx) => tx.user.count())).toBe(0);
    expect(await transaction({ kind: "user", id: randomUUID() }, (tx) => tx.user.count())).toBe(0);
    const bare = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await bare.connect();
    try {
      expect((await bare.query("SELECT FROM users")).rowCount).toBe(0);
    } finally {
      await bare.end();
    }
  });

  it("joins verbs of the same actor and separates those of another", async () => {
    const me = { kind: "user", id: person } as const;
    await transaction(me, async (tx) => {
      const id = async (t: typeof tx) =>
        ((await t.$queryRaw`SELECT txid_current()::text AS id`) as { id: string }[])[0]!.id;
      const outer = await id(tx);
      expect(await transaction({ kind: "user", id: person }, id)).toBe(outer);
      expect(await transaction(system, id)).not.toBe(outer);
    });
  });

  it("runs as the actor also from a second copy of the module, as bundlers make them", async () => {
    vi.resetModules();
    const copy = (await import("./index.ts")) as { transaction: typeof transaction };
    expect(copy.transaction).not.toBe(transaction);
    const me = { kind: "user", id: person } as const;
    expect(await copy.transaction(me, context)).toEqual([{ id: person, system: false }]);
  });

  it("keeps contexts apart on shared connections", async () => {
    const actors = Array.from({ length: 60 }, () => ({ kind: "user", id: randomUUID() }) as const);
    const seen = await Promise.all(actors.map((actor) => transaction(actor, context)));
    expect(seen.map(([row]) => row!.id)).toEqual(actors.map((actor) => actor.id));
  });

  it("speaks the database's refusals as AppErrors", async () => {
    const refused = transaction(
      { kind: "user", id: person },
      (tx) => tx.$queryRaw`SELECT app.purge_collection(${randomUUID()}::uuid)`,
    );
    await expect(refused).rejects.toMatchObject({
      code: "forbidden",
      reason: "collection",
    } satisfies Partial<AppError>);
  });

  it("calls what its types can't hold the caller's input", async () => {
    const me = { kind: "user", id: person } as const;
    const refused = { code: "invalid_input", status: 422, cause: expect.anything() as unknown };
    for (const [type, value] of [
      ["text", "a\0b"],
      ["jsonb", '"\\u0000"'],
      ["jsonb", "{"],
      ["integer", "2147483648"],
      ["uuid", "1"],
      ["timestamptz", "+010000-01-01T23:58:59.000Z"],
      ["timestamptz", "2026-02-30"],
    ] as const) {
      const query = Prisma.sql`SELECT ${value}::text::${Prisma.raw(type)}::text AS value`;
      await expect(transaction(me, (tx) => tx.$queryRaw(query))).rejects.toMatchObject(refused);
      await expect(read(me, z.unknown(), query)).rejects.toMatchObject(refused);
    }
    const name = (text: string) =>
      transaction(me, (tx) => tx.user.update({ where: { id: person }, data: { name: text } }));
    await expect(name("a\0b")).rejects.toMatchObject(refused);
  });

  it("takes nothing for an id that is none", async () => {
    await expect(transaction({ kind: "user", id: "x', true); --" }, context)).rejects.toThrow("UUID");
  });
});

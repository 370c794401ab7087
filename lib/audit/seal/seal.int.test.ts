import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { recordAudit, recordAudits } from "#lib/audit/index.ts";
import { transaction } from "#lib/db/index.ts";
import { KeyRing } from "./keys.ts";
import { sealAll, sealBatch } from "./seal.ts";

const keys = new KeyRing(`1:${"k".repeat(43)}`);

let person: Person;
let other: pg.Client;
beforeAll(async () => {
  person = await makePerson({ role: "admin" });
  other = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
  await other.connect();
});
afterAll(() => other.end());

const note = (who = person, count = 1) =>
  transaction(who, (tx) =>
    recordAudits(
      tx,
      who,
      Array.from({ length: count }, () => ({
        action: "password.changed",
        resource: { type: "user", id: who.id },
      })),
    ),
  );
const chainOf = (chainId: string) =>
  asOwner<{ seq: string; event_id: string }>(
    "SELECT seq, event_id FROM audit_seals WHERE chain_id = $1 ORDER BY seq",
    [chainId],
  );
/** Seals until nothing is left: transactions of other databases on this server may still be under way. */
async function sealed(): Promise<void> {
  do await sealAll(keys);
  while ((await unsealed()) > 0);
}
const unsealed = async () =>
  (
    await asOwner<{ id: string }>(
      "SELECT id FROM audit_events e WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.event_id = e.id)",
    )
  ).length;

describe("sealing", () => {
  it("numbers the events of each workspace without a gap, those of nobody in a chain of their own", async () => {
    const second = await makePerson({ role: "admin" });
    await note(person, 3);
    await note(second, 2);
    await transaction({ kind: "system" }, (tx) =>
      recordAudit(tx, { kind: "system" }, { action: "sign_in.failed" }),
    );
    await sealed();
    for (const [chain, size] of [
      [person.workspaceId, 3],
      [second.workspaceId, 2],
      ["00000000-0000-0000-0000-000000000000", 1],
    ] as const)
      expect((await chainOf(chain)).map(({ seq }) => Number(seq))).toEqual(
        Array.from({ length: size }, (_, i) => i + 1),
      );
  });

  it("waits for transactions that may still write, and leaves none of them out", async () => {
    const early = await makePerson({ role: "admin" });
    const late = await makePerson({ role: "admin" });
    await sealed();
    await other.query("BEGIN");
    // it has a number from here on; what commits meanwhile has a later one
    await other.query(
      "INSERT INTO audit_events (workspace_id, action, actor_kind) VALUES ($1, 'collection.created', 'system')",
      [early.workspaceId],
    );
    await note(late);
    expect(await sealAll(keys)).toBe(0);
    expect(await chainOf(late.workspaceId)).toEqual([]);
    await other.query("COMMIT");
    await sealed();
    expect(await chainOf(early.workspaceId)).toHaveLength(1);
    expect(await chainOf(late.workspaceId)).toHaveLength(1);
  });

  it("seals each event once, however many seal at once", async () => {
    const writers = Array.from({ length: 40 }, () => note(person, 5));
    const sealers = Array.from({ length: 8 }, async (_, i) => {
      for (let n = 0; n < 6; n++) await sealBatch(keys, { waits: i % 2 === 0, atMost: 7 });
    });
    await Promise.all([...writers, ...sealers]);
    await sealed();
    const chain = await chainOf(person.workspaceId);
    expect(chain.map(({ seq }) => Number(seq))).toEqual(chain.map((_, i) => i + 1));
    expect(new Set(chain.map(({ event_id }) => event_id)).size).toBe(chain.length);
  });

  it("leaves nothing half done when its connection is cut, and goes on", async () => {
    const cut = await makePerson({ role: "admin" });
    await note(cut, 3);
    // holds the chain's place, as a sealer in the middle of it does
    await other.query("BEGIN");
    await other.query("SET LOCAL app.actor_kind = 'system'");
    await other.query("SELECT * FROM app.events_to_seal(10, false)");
    await other.query(
      `SELECT app.keep_seals(jsonb_build_array(jsonb_build_object('chain_id', $1::text, 'seq', 1, 'event_id', $2::text, 'key_id', 1, 'salts', '', 'commitments', '', 'leaf', '', 'mac', '')), '[]', '[]', '0', $2::uuid)`,
      [cut.workspaceId, randomUUID()],
    );
    expect(await sealBatch(keys)).toBe(0);
    const [{ pid }] = (await other.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows as [
      { pid: number },
    ];
    other.on("error", () => {});
    const superuser = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
    await superuser.connect();
    await superuser.query("SELECT pg_terminate_backend($1)", [pid]);
    await superuser.end();
    await sealed();
    expect(await chainOf(cut.workspaceId)).toHaveLength(3);
    other = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
    await other.connect();
  });

  it("does not care for clocks that go back", async () => {
    const jumping = await makePerson({ role: "admin" });
    const ids = ["019fffff-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"];
    for (const [at, id] of ids.entries())
      await asOwner(
        "INSERT INTO audit_events (id, workspace_id, action, actor_kind, created_at) VALUES ($1, $2, 'collection.created', 'system', now() - make_interval(years => $3))",
        [id, jumping.workspaceId, at],
      );
    await sealed();
    expect((await chainOf(jumping.workspaceId)).map(({ event_id }) => event_id)).toEqual(ids);
  });

  it("finds what is not sealed by itself in a database that was restored into another server", async () => {
    const moved = await makePerson({ role: "admin" });
    await note(moved, 2);
    await sealed();
    // the old server was far ahead in counting transactions; an event of it was not sealed yet
    await asOwner("UPDATE audit_cursor SET xid = '4000000000'");
    await asOwner(
      "INSERT INTO audit_events (workspace_id, action, actor_kind, xid) VALUES ($1, 'collection.created', 'system', '4000000100')",
      [moved.workspaceId],
    );
    await note(moved, 2);
    await sealed();
    expect(await chainOf(moved.workspaceId)).toHaveLength(5);
    await note(moved);
    await sealed();
    expect(await chainOf(moved.workspaceId)).toHaveLength(6);
  });
});

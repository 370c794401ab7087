import { hash } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { recordAudits } from "#lib/audit/index.ts";
import { system } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { storage } from "#lib/storage/index.ts";
import { mailCheckpoints, publishCheckpoints, storedCheckpoints, verifierKeysOf } from "../seal/publish.ts";
import { sealEverything, tamper, testKeys } from "../test-support.ts";
import { verifyDatabase } from "./database.ts";

let client: pg.Client;
let admin: Person;
beforeAll(async () => {
  client = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
  await client.connect();
  admin = await makePerson({ role: "admin" });
  await transaction({ ...admin, ip: "10.0.0.1" }, (tx) =>
    recordAudits(
      tx,
      { ...admin, ip: "10.0.0.1" },
      Array.from({ length: 9 }, () => ({
        action: "password.changed",
        resource: { type: "user", id: admin.id },
      })),
    ),
  );
  await sealEverything();
});
afterAll(() => client.end());

const verify = async (checkpoints: string[] = []) => {
  const keys = testKeys();
  const report = await verifyDatabase(client, { keys, checkpoints, verifierKeys: verifierKeysOf(keys) });
  return report.faults.filter(({ chainId }) => chainId === admin.workspaceId);
};
const eventAt = async (seq: number) =>
  (
    await asOwner<{ event_id: string }>("SELECT event_id FROM audit_seals WHERE chain_id = $1 AND seq = $2", [
      admin.workspaceId,
      seq,
    ])
  )[0]!.event_id;

/** Does something to the log, looks, and undoes it. */
async function found(...statements: [text: string, values?: unknown[]][]) {
  await asOwner("CREATE TABLE kept_events AS SELECT * FROM audit_events");
  await asOwner("CREATE TABLE kept_seals AS SELECT * FROM audit_seals");
  await asOwner("CREATE TABLE kept_chains AS SELECT * FROM audit_chains");
  try {
    await tamper(...statements);
    return await verify();
  } finally {
    await tamper(
      ["DELETE FROM audit_events"],
      ["DELETE FROM audit_seals"],
      ["DELETE FROM audit_chains"],
      ["INSERT INTO audit_events SELECT * FROM kept_events"],
      ["INSERT INTO audit_seals SELECT * FROM kept_seals"],
      ["INSERT INTO audit_chains SELECT * FROM kept_chains"],
      ["DROP TABLE kept_events, kept_seals, kept_chains"],
    );
  }
}

describe("the log in the database", () => {
  it("is whole", async () => {
    expect(await verify()).toEqual([]);
  });

  it("says which entry was changed, removed, moved or added first, and what was cut", async () => {
    const [third, fifth] = [await eventAt(3), await eventAt(5)];
    const chain = admin.workspaceId;
    expect(
      await found(["UPDATE audit_events SET actor_email = 'x@example.org' WHERE id = $1", [third]]),
    ).toMatchObject([{ kind: "changed", seq: 3, eventId: third }]);
    expect(
      await found([
        "UPDATE audit_events SET action = 'password.reset' WHERE id = ANY ($1)",
        [[third, fifth]],
      ]),
    ).toMatchObject([{ kind: "changed", seq: 3, eventId: third }]);
    expect(await found(["DELETE FROM audit_events WHERE id = $1", [fifth]])).toMatchObject([
      { kind: "removed", seq: 5 },
    ]);
    expect(await found(["UPDATE audit_events SET workspace_id = NULL WHERE id = $1", [fifth]])).toMatchObject(
      [{ kind: "removed", seq: 5 }],
    );
    expect(
      await found(
        ["DELETE FROM audit_events WHERE id = $1", [fifth]],
        ["DELETE FROM audit_seals WHERE event_id = $1", [fifth]],
      ),
    ).toMatchObject([{ kind: "removed", seq: 5 }]);
    expect(
      await found(
        ["UPDATE audit_seals SET seq = -3 WHERE event_id = $1", [third]],
        ["UPDATE audit_seals SET seq = 3 WHERE event_id = $1", [fifth]],
        ["UPDATE audit_seals SET seq = 5 WHERE event_id = $1", [third]],
      ),
    ).toMatchObject([{ kind: "reordered", seq: 3 }]);
    expect(
      await found(
        [
          "DELETE FROM audit_events e USING audit_seals s WHERE s.event_id = e.id AND s.chain_id = $1 AND s.seq > 7",
          [chain],
        ],
        ["DELETE FROM audit_seals WHERE chain_id = $1 AND seq > 7", [chain]],
      ),
    ).toMatchObject([{ kind: "cut", seq: 8 }]);
    expect(
      await found([
        "INSERT INTO audit_events (workspace_id, action, actor_kind, xid) VALUES ($1, 'password.changed', 'system', '3')",
        [chain],
      ]),
    ).toMatchObject([{ kind: "added" }]);
  });

  it("is cut unnoticed by nobody who has a checkpoint, from the store or a mailbox", async () => {
    const keys = testKeys();
    expect(await publishCheckpoints(keys)).toBeGreaterThan(0);
    expect(await publishCheckpoints(keys)).toBe(0);
    const stored = await storedCheckpoints();
    const chain = admin.workspaceId;
    expect(stored.join()).toContain(`${chain}\n9\n`);
    const faults = await found(
      [
        "DELETE FROM audit_events e USING audit_seals s WHERE s.event_id = e.id AND s.chain_id = $1 AND s.seq > 7",
        [chain],
      ],
      ["DELETE FROM audit_seals WHERE chain_id = $1 AND seq > 7", [chain]],
      ["UPDATE audit_chains SET size = 7 WHERE id = $1", [chain]],
    );
    expect(faults).toMatchObject([{ kind: "cut", seq: 8 }]);
    await asOwner("DELETE FROM audit_checkpoints");
    expect(await verify(stored)).toEqual([]);
    expect((await storage.list({ prefix: "audit/" })).items.length).toBeGreaterThan(0);
  });

  it("mails checkpoints once a day to the admins who want them", async () => {
    const keys = testKeys();
    await makePerson({ workspaceId: admin.workspaceId, role: "admin" });
    await asOwner("UPDATE audit_chains SET checkpoint_size = 0");
    await publishCheckpoints(keys);
    expect(await mailCheckpoints(keys)).toBeGreaterThanOrEqual(2);
    expect(await mailCheckpoints(keys)).toBe(0);
  });

  it("stays whole when a person is erased from it, and keeps nothing of them", async () => {
    await transaction(
      system,
      (tx) => tx.$executeRaw`SELECT app.erase_from_audit(${admin.id}::uuid, ${admin.email})`,
    );
    const rows = await asOwner<{ text: string }>(
      "SELECT e::text AS text FROM audit_events e WHERE workspace_id = $1",
      [admin.workspaceId],
    );
    expect(rows.length).toBe(9);
    for (const { text } of rows) {
      expect(text).not.toContain(admin.email);
      expect(text).not.toContain("10.0.0.1");
      expect(text).not.toContain(admin.name);
    }
    expect(await verify()).toEqual([]);
    // nor can what it was be guessed: the salts are gone
    const [{ salts }] = (await asOwner<{ salts: Buffer }>(
      "SELECT salts FROM audit_seals WHERE chain_id = $1 LIMIT 1",
      [admin.workspaceId],
    )) as [{ salts: Buffer }];
    expect(hash("sha256", salts.subarray(0, 16))).toBe(hash("sha256", Buffer.alloc(16)));
    // everything else stays as it was written
    await expect(asOwner("UPDATE audit_events SET ip = NULL")).rejects.toMatchObject({ code: "42501" });
    await expect(asOwner("DELETE FROM audit_seals")).rejects.toMatchObject({ code: "42501" });
  });
});

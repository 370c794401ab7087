import { randomBytes } from "node:crypto";
import pg from "pg";
import { describe, expect, it, vi } from "vitest";
import {
  asOwner,
  makeDocument,
  makePendingUpload,
  makePerson,
  makeText,
  passAnHour,
  type Person,
  pendingTruth,
  quotaTruth,
  sha256,
} from "#prisma/factories.ts";
import { createCollection, deleteCollection } from "#lib/collections/index.ts";
import { deleteDocument } from "#lib/documents/index.ts";
import { type AppError } from "#lib/errors/index.ts";
import { addCollaborator } from "#lib/sharing/index.ts";
import { cancelUpload, confirmUpload, requestUpload, sweepAbandonedUploads } from "./index.ts";

// enough connections for those who race to meet in the database, not in the queue before it
vi.hoisted(() => {
  process.env.DATABASE_POOL_SIZE = "16";
});

interface Limits {
  documents?: number;
  storageBytes?: number;
  pendingUploads?: number;
}

async function withCollection({ pendingUploads, ...limits }: Limits = {}) {
  const person = await makePerson({ limits });
  if (pendingUploads !== undefined) {
    const tier = randomBytes(6).toString("hex");
    await asOwner(
      `INSERT INTO tiers (name, collections, documents, storage_bytes, pdf_jobs_per_day, collaborators_per_collection, pending_uploads)
         SELECT $1, collections, documents, storage_bytes, pdf_jobs_per_day, collaborators_per_collection, $2::int FROM tiers WHERE name = 'free'`,
      [tier, pendingUploads],
    );
    await asOwner("UPDATE user_quotas SET tier_name = $2 WHERE user_id = $1", [person.id, tier]);
  }
  const collection = await createCollection(person, { name: "Field notes", description: "" });
  return { person, collection };
}

/** Asks for an address; nothing is sent. */
const ask = (person: Person, collectionId: string, bytes = makeText()) =>
  requestUpload(person, {
    collectionId,
    filename: "notes.txt",
    contentType: "text/plain",
    sizeBytes: bytes.length,
    sha256: sha256(bytes),
  });
const times = <Result>(count: number, make: (index: number) => Promise<Result>) =>
  Promise.allSettled(Array.from({ length: count }, (_, index) => make(index)));
const granted = <Result>(settled: PromiseSettledResult<Result>[]) =>
  settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
const refusals = (settled: PromiseSettledResult<unknown>[]) =>
  settled.flatMap((one) => (one.status === "rejected" ? [one.reason as AppError] : []));

/** Counters, ledger and rows agree; returns what is under way. */
async function expectExact(personId: string) {
  const { counter, ledger, rows } = await quotaTruth(personId);
  expect({ ledger, rows }).toEqual({ ledger: counter, rows: counter });
  const pending = await pendingTruth(personId);
  expect(pending.counter).toEqual(pending.rows);
  return pending.counter;
}
const objectsOf = (personId: string) =>
  asOwner<{ state: string }>("SELECT state FROM objects WHERE owner_id = $1 ORDER BY id", [personId]);
describe("what could not be confirmed even alone", () => {
  it("gets no address, in the words of confirm, and leaves nothing but a line in the audit log", async () => {
    const { person, collection } = await withCollection({ storageBytes: 1000 });
    await makeDocument(person, collection.id, makeText(800));
    const settled = await times(10, () => ask(person, collection.id, makeText(201)));
    expect(granted(settled)).toEqual([]);
    for (const refusal of refusals(settled))
      expect(refusal).toMatchObject({
        code: "quota_exceeded",
        status: 413,
        details: {
          ...{ resource: "storageBytes", used: 800, limit: 1000, requested: 201 },
          ...{ usedBytes: 800, limitBytes: 1000, rejectedBytes: 201 },
        },
      });
    expect(await expectExact(person.id)).toEqual({ documents: 0, bytes: 0 });
    expect(await objectsOf(person.id)).toEqual([{ state: "stored" }]);
    const audit = "SELECT FROM audit_events WHERE actor_id = $1 AND action = 'quota.refused'";
    expect(await asOwner(audit, [person.id])).toHaveLength(10);
    await expect(ask(person, collection.id, makeText(200))).resolves.toMatchObject({
      upload: { method: "PUT" },
    });
  });

  it("is told by the number of documents too", async () => {
    const { person, collection } = await withCollection({ documents: 1 });
    await makeDocument(person, collection.id);
    await expect(ask(person, collection.id)).rejects.toMatchObject({
      code: "quota_exceeded",
      status: 403,
      details: { resource: "documents", used: 1, limit: 1, requested: 1 },
    });
    expect(await expectExact(person.id)).toEqual({ documents: 0, bytes: 0 });
  });

  it("is not what its owner stores already: these bytes are paid for", async () => {
    const { person, collection } = await withCollection({ storageBytes: 1000 });
    const bytes = makeText(1000);
    await makeDocument(person, collection.id, bytes);
    const again = await ask(person, collection.id, bytes);
    expect(again.upload).toBeNull();
    expect(await expectExact(person.id)).toEqual({ documents: 1, bytes: 0 });
    expect(await confirmUpload(person, again.documentId)).toMatchObject({ status: "uploaded" });
    expect(await expectExact(person.id)).toEqual({ documents: 0, bytes: 0 });
  });

  it("is no answer to those who may not add here", async () => {
    const { collection } = await withCollection();
    const { person } = await withCollection({ storageBytes: 10 });
    await expect(ask(person, collection.id)).rejects.toMatchObject({
      code: "forbidden",
      reason: "collection",
    });
  });
});

describe("what is under way", () => {
  it("may be two that fit alone but not together: confirm decides, and nothing of the other stays", async () => {
    const { person, collection } = await withCollection({ storageBytes: 1000 });
    const settled = await times(2, () => makePendingUpload(person, collection.id, makeText(1000)));
    const pending = granted(settled);
    expect(pending).toHaveLength(2);
    expect(await expectExact(person.id)).toEqual({ documents: 2, bytes: 2000 });
    const confirms = await Promise.allSettled(
      pending.map(({ documentId }) => confirmUpload(person, documentId)),
    );
    expect(granted(confirms)).toHaveLength(1);
    expect(refusals(confirms)).toMatchObject([
      { status: 413, details: { resource: "storageBytes", usedBytes: 1000, rejectedBytes: 1000 } },
    ]);
    expect(await expectExact(person.id)).toEqual({ documents: 0, bytes: 0 });
    expect((await objectsOf(person.id)).map(({ state }) => state).toSorted()).toEqual(["doomed", "stored"]);
  });

  it("is never more than twice the storage, however many ask at once", async () => {
    const { person, collection } = await withCollection({ storageBytes: 1000 });
    const settled = await times(40, () => ask(person, collection.id, makeText(300)));
    expect(granted(settled)).toHaveLength(6);
    for (const refusal of refusals(settled))
      expect(refusal).toMatchObject({
        code: "quota_exceeded",
        status: 413,
        details: {
          ...{ resource: "pendingBytes", used: 1800, limit: 2000, requested: 300 },
          ...{ usedBytes: 1800, limitBytes: 2000, rejectedBytes: 300 },
        },
      });
    expect(await expectExact(person.id)).toEqual({ documents: 6, bytes: 1800 });
    expect(await objectsOf(person.id)).toHaveLength(6);
  });

  it("is never more than so many uploads, however many ask at once", async () => {
    const { person, collection } = await withCollection({ pendingUploads: 5 });
    const settled = await times(30, () => ask(person, collection.id));
    expect(granted(settled)).toHaveLength(5);
    for (const refusal of refusals(settled))
      expect(refusal).toMatchObject({
        code: "quota_exceeded",
        status: 403,
        details: { resource: "pendingDocuments", used: 5, limit: 5, requested: 1 },
      });
    expect(await expectExact(person.id)).toEqual({ documents: 5, bytes: 320 });
  });

  it("is freed by confirm, whether it takes the upload or refuses it, by cancel, and by the sweep", async () => {
    const { person, collection } = await withCollection({ documents: 1, pendingUploads: 1 });
    const ends: ((documentId: string) => Promise<unknown>)[] = [
      (id) => cancelUpload(person, id),
      async (id) => {
        await asOwner("UPDATE documents SET created_at = now() - interval '61 minutes' WHERE id = $1", [id]);
        await sweepAbandonedUploads();
      },
      async (id) => {
        // taken by another in the meantime
        const books = "UPDATE user_quotas SET documents_override = $2 WHERE user_id = $1";
        await asOwner(books, [person.id, 0]);
        await expect(confirmUpload(person, id)).rejects.toMatchObject({ code: "quota_exceeded" });
        await asOwner(books, [person.id, 1]);
      },
      async (id) => deleteDocument(person, (await confirmUpload(person, id)).id),
      async () => {
        const html = Buffer.from(`<!doctype html><script>${makeText().toString()}</script>`);
        const tier = "UPDATE user_quotas SET tier_name = 'free' WHERE user_id = $1";
        await asOwner(tier, [person.id]);
        const lie = await makePendingUpload(person, collection.id, html, "a.pdf", "application/pdf");
        await expect(confirmUpload(person, lie.documentId)).rejects.toMatchObject({
          code: "content_mismatch",
        });
        expect(await expectExact(person.id)).toEqual({ documents: 1, bytes: 64 });
        await deleteCollection(person, collection.id);
      },
    ];
    for (const end of ends) {
      const { documentId } = await makePendingUpload(person, collection.id);
      expect(await expectExact(person.id)).toEqual({ documents: 1, bytes: 64 });
      await expect(ask(person, collection.id)).rejects.toMatchObject({ code: "quota_exceeded" });
      await end(documentId);
      expect(await expectExact(person.id)).toEqual({ documents: 0, bytes: 0 });
      await passAnHour(person.id);
    }
  });

  it("of others goes with the collection of whoever deletes it, once", async () => {
    const { person, collection } = await withCollection();
    const editor = await makePerson();
    await addCollaborator(person, collection.id, { email: editor.email, role: "editor" });
    await times(4, (at) => ask(at % 2 ? person : editor, collection.id));
    const settled = await times(3, () => deleteCollection(person, collection.id));
    expect(granted(settled)).toHaveLength(1);
    for (const { id } of [person, editor]) expect(await expectExact(id)).toEqual({ documents: 0, bytes: 0 });
  });
});

describe("what was given up", () => {
  it("lets people go on at once, but not give up address after address", async () => {
    const { person, collection } = await withCollection({ storageBytes: 1000 });
    const askAndGiveUp = async () => {
      const { documentId } = await ask(person, collection.id, makeText(250));
      expect(await cancelUpload(person, documentId)).toBe(true);
    };
    const settled = await times(24, askAndGiveUp);
    // some were refused for what others had under way at that moment; now one after the other
    while (refusals(settled).at(-1)?.details.limit !== 3000) settled.push(...(await times(1, askAndGiveUp)));
    expect(granted(settled)).toHaveLength(12);
    expect(refusals(settled).at(-1)).toMatchObject({
      status: 413,
      details: { resource: "pendingBytes", used: 3000, limit: 3000, requested: 250 },
    });
    expect(await objectsOf(person.id)).toHaveLength(12);
    expect(await expectExact(person.id)).toEqual({ documents: 0, bytes: 0 });
    // the addresses have ended, and the sweep has been there since
    await passAnHour(person.id);
    await expect(ask(person, collection.id, makeText(100))).resolves.toMatchObject({
      upload: { method: "PUT" },
    });
  });

  it("counts what was confirmed and deleted within the hour: its address still lets the bytes in", async () => {
    const { person, collection } = await withCollection({ storageBytes: 1000 });
    for (let round = 0; round < 3; round++) {
      const { id } = await makeDocument(person, collection.id, makeText(1000));
      await deleteDocument(person, id);
    }
    await expect(ask(person, collection.id, makeText(1))).rejects.toMatchObject({
      details: { resource: "pendingBytes", used: 3000, limit: 3000, requested: 1 },
    });
    await passAnHour(person.id);
    await makeDocument(person, collection.id, makeText(1000));
  });

  it("is bounded by its number too", async () => {
    const { person, collection } = await withCollection({ pendingUploads: 4 });
    for (let round = 0; round < 12; round++)
      await cancelUpload(person, (await ask(person, collection.id)).documentId);
    await expect(ask(person, collection.id)).rejects.toMatchObject({
      status: 403,
      details: { resource: "pendingDocuments", used: 12, limit: 12, requested: 1 },
    });
  });
});

describe("any history", () => {
  const LANES = 12;
  /** Among so many of the latest uploads those who confirm, cancel and delete meet. */
  const RECENT = 10;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)]!;

  it(
    "of two people in each other's collections leaves counters that are the sums of the rows, without one deadlock",
    { timeout: 90_000 },
    async () => {
      const people = await Promise.all(
        [0, 1].map(() => makePerson({ limits: { documents: 10, storageBytes: 1500, collections: 1000 } })),
      );
      const everyone = people.map(({ id }) => id);
      const open = async (person: Person) => {
        const [row] = await asOwner<{ id: string }>(
          `WITH made AS (INSERT INTO collections (workspace_id, owner_id, name) VALUES ($1, $2, 'Shelf') RETURNING id),
             paid AS (INSERT INTO quota_ledger (user_id, cause, collections) SELECT $2, 'collection:' || id, 1 FROM made),
             shared AS (INSERT INTO permissions (user_id, collection_id, role_id)
               SELECT u, made.id, r.id FROM made, unnest($3::uuid[]) u, roles r
                WHERE r.workspace_id IS NULL AND r.name = CASE WHEN u = $2 THEN 'owner' ELSE 'editor' END),
             counted AS (UPDATE user_quotas SET collections_used = collections_used + 1 WHERE user_id = $2)
           SELECT id FROM made`,
          [person.workspaceId, person.id, everyone],
        );
        return row!.id;
      };
      const collections = await Promise.all([...people, ...people].map(open));
      const contents = [makeText(150), makeText(250), makeText(400)];
      const ids: string[] = [];

      const call = async (client: pg.Client, actor: string | null, text: string, values: unknown[]) => {
        try {
          await client.query("BEGIN");
          await client.query(
            "SELECT set_config('app.actor_kind', $1, true), set_config('app.actor_id', $2, true), set_config('app.person_id', $2, true)",
            [actor ? "user" : "system", actor ?? ""],
          );
          await client.query(text, values);
          await client.query("COMMIT");
        } catch (error) {
          await client.query("ROLLBACK").catch(() => undefined);
          throw error;
        }
      };
      const operations: [number, (client: pg.Client, actor: string) => Promise<unknown>][] = [
        [
          30,
          async (client, actor) => {
            const bytes =
              Math.random() < 0.4 ? pick(contents) : makeText(50 + Math.floor(Math.random() * 300));
            const id = crypto.randomUUID();
            await call(client, actor, "SELECT app.begin_upload($1, $2, 'a.txt', 'text/plain', $3, $4, $5)", [
              pick(collections),
              id,
              bytes.length,
              Buffer.from(sha256(bytes), "hex"),
              `${actor}/${id}/a.txt`,
            ]);
            ids.push(id);
          },
        ],
        [
          20,
          (client, actor) =>
            call(
              client,
              actor,
              "SELECT app.confirm_document(d, EXISTS (SELECT FROM documents WHERE id = d AND upload_object_id IS NOT NULL)) FROM (SELECT $1::uuid) x (d)",
              [pick(ids.slice(-RECENT))],
            ),
        ],
        [
          10,
          (client, actor) => call(client, actor, "SELECT app.discard_upload($1)", [pick(ids.slice(-RECENT))]),
        ],
        [
          8,
          (client, actor) => call(client, actor, "SELECT app.purge_document($1)", [pick(ids.slice(-RECENT))]),
        ],
        [
          3,
          async (client, actor) => {
            const index = Math.floor(Math.random() * collections.length);
            await call(client, actor, "SELECT app.purge_collection($1)", [collections[index]]);
            collections[index] = await open(people.find(({ id }) => id === actor)!);
          },
        ],
        [3, (client) => call(client, null, "SELECT app.discard_abandoned(-1, 5)", [])],
        [3, () => passAnHour(pick(everyone))],
      ];
      const bag = operations.flatMap(([weight, run]) => Array<typeof run>(weight).fill(run));

      const deadlocks: unknown[] = [];
      const counts: Record<string, number> = {};
      const count = (what: string) => (counts[what] = (counts[what] ?? 0) + 1);
      const lane = async (index: number) => {
        for (let turn = 0, client: pg.Client | undefined; turn < 60; turn++) {
          if (!client) {
            // no pool, no retries: a deadlock victim would show
            client = new pg.Client({ connectionString: process.env.DATABASE_URL });
            client.on("error", () => undefined);
            await client.connect();
          }
          // every now and then a process dies in the middle
          const victim = Math.random() < 0.04 ? pidOf(client) : undefined;
          const done = pick(bag)(client, everyone[index % 2]!).then(
            () => count("ok"),
            (error: { code?: string; message: string }) => {
              if (error.code === "40P01") deadlocks.push(error);
              count(error.code ?? error.message);
            },
          );
          if (victim) await killer.query("SELECT pg_terminate_backend($1)", [victim]);
          await done;
          if (victim || turn === 59) {
            await client.end().catch(() => undefined);
            client = undefined;
          }
        }
      };
      const killer = new pg.Client({ connectionString: process.env.DATABASE_URL });
      await killer.connect();
      await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
      await killer.end();

      for (const id of everyone) {
        const { documents, bytes } = await expectExact(id);
        expect(documents).toBeGreaterThanOrEqual(0);
        expect(bytes).toBeLessThanOrEqual(3000);
      }
      expect(deadlocks).toEqual([]);
      expect(counts.ok).toBeGreaterThan(LANES * 10);
      // each met something: limits, what others had ended, and the death of its process
      expect(Object.keys(counts)).toEqual(expect.arrayContaining(["SH001", "SH002", "57P01"]));
      // everything under way ends, and then nothing is
      await sweepAbandonedUploads(-1);
      for (const id of everyone) expect(await expectExact(id)).toEqual({ documents: 0, bytes: 0 });
    },
  );
});

const pidOf = (client: pg.Client) => (client as unknown as { processID: number }).processID;

import pg from "pg";
import { expect, it } from "vitest";
import { asOwner, makeDocument, makePendingUpload, makePerson, missingId } from "#prisma/factories.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import {
  createCollection,
  deleteCollection,
  restoreCollection,
  trashCollection,
} from "#lib/collections/index.ts";
import { Prisma, transaction } from "#lib/db/index.ts";
import { outcome } from "#lib/sharing/test-support.ts";
import { grant } from "#lib/sharing/index.ts";
import { cancelUpload } from "#lib/uploads/index.ts";
import { deleteDocument, restartProcessing, restoreDocument, trashDocument } from "./index.ts";

async function place() {
  const owner = await makePerson({ role: "admin" });
  const [editor, reader] = [await makePerson(), await makePerson()];
  const { id } = await createCollection(owner, { name: "Letters", description: "" });
  await grant(owner, { type: "collection", id }, { email: editor.email, role: "editor" });
  await grant(owner, { type: "collection", id }, { email: reader.email, role: "viewer" });
  return { owner, editor, reader, id };
}

const verbs = (actor: UserActor, id: string) => [
  outcome(trashDocument(actor, id)),
  outcome(restoreDocument(actor, id)),
  outcome(deleteDocument(actor, id)),
  outcome(restartProcessing(actor, id)),
];

it("lets whoever may delete anything throw away the documents of others, and take them back", async () => {
  const { owner, editor, id } = await place();
  const document = await makeDocument(editor, id);
  expect(await cancelUpload(owner, document.id)).toBe(false);
  expect(await cancelUpload(editor, document.id)).toBe(false);
  expect(await outcome(trashDocument(owner, document.id))).toBe("ok");
  expect(await outcome(restoreDocument(owner, document.id))).toBe("ok");
  expect(await outcome(deleteDocument(owner, document.id))).toBe("ok");
});

it("has no pending upload of others, nothing others threw away, and nothing in a trashed collection", async () => {
  const { owner, editor, reader, id } = await place();
  const { documentId } = await makePendingUpload(editor, id);
  const trashed = await makeDocument(editor, id);
  await trashDocument(editor, trashed.id);
  const missing = Array<string>(4).fill("not_found:document");
  for (const [actor, what] of [
    [owner, documentId],
    [editor, documentId],
    [reader, documentId],
    [reader, trashed.id],
    [reader, missingId()],
  ] as const)
    expect(await Promise.all(verbs(actor, what))).toEqual(missing);
  const [left] = await asOwner("SELECT status, deleted_at FROM documents WHERE id = $1", [documentId]);
  expect(left).toEqual({ status: "pending", deleted_at: null });
  const kept = await makeDocument(editor, id);
  await trashCollection(owner, id);
  for (const actor of [owner, editor, reader])
    expect(await Promise.all(verbs(actor, kept.id))).toEqual(missing);
  for (const verb of [trashCollection, restoreCollection, deleteCollection])
    for (const what of [id, missingId()])
      expect(await outcome(verb(reader, what))).toBe("forbidden:collection");
});

/** The database's own verbs, with nothing of the service before them; none waits for a lock. */
const bare = (actor: UserActor, id: string, kind: "collection" | "document") =>
  Promise.all(
    [
      Prisma.sql`SELECT ${Prisma.raw(`app.set_${kind}_trashed`)}(${id}::uuid, true)`,
      Prisma.sql`SELECT ${Prisma.raw(`app.set_${kind}_trashed`)}(${id}::uuid, false)`,
      Prisma.sql`SELECT ${Prisma.raw(`app.purge_${kind}`)}(${id}::uuid)::text`,
    ].map((verb) =>
      outcome(
        transaction(actor, async (tx) => {
          await tx.$executeRaw`SET LOCAL lock_timeout = '1s'`;
          await tx.$queryRaw(verb);
        }),
      ),
    ),
  );

it("is decided by the database, too, with what is not there refused as what is missing", async () => {
  const { owner, editor, reader, id } = await place();
  const { documentId: pending } = await makePendingUpload(editor, id);
  const trashed = await makeDocument(owner, id);
  const missing = Array<string>(3).fill("not_found:document");
  const refused = Array<string>(3).fill("forbidden:action");
  expect(await bare(reader, trashed.id, "document")).toEqual(refused);
  expect(await bare(reader, id, "collection")).toEqual(refused);
  await trashDocument(owner, trashed.id);
  expect(await bare(editor, trashed.id, "document")).toEqual(missing);
  expect(await bare(owner, pending, "document")).toEqual(missing);
  const kept = await makeDocument(editor, id);
  await trashCollection(owner, id);
  expect(await bare(owner, kept.id, "document")).toEqual(missing);
  expect(await bare(reader, id, "collection")).toEqual(Array<string>(3).fill("forbidden:collection"));
});

it("makes nobody wait for a document or collection that is not there for them", async () => {
  const { owner, id } = await place();
  const outsider = await makePerson();
  const document = await makeDocument(owner, id);
  const holder = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
  await holder.connect();
  try {
    await holder.query("BEGIN");
    await holder.query("SELECT FROM collections WHERE id = $1 FOR UPDATE", [id]);
    await holder.query("SELECT FROM documents WHERE id = $1 FOR UPDATE", [document.id]);
    expect(await bare(outsider, document.id, "document")).toEqual(
      Array<string>(3).fill("not_found:document"),
    );
    expect(await bare(outsider, id, "collection")).toEqual(Array<string>(3).fill("forbidden:collection"));
  } finally {
    await holder.end();
  }
});

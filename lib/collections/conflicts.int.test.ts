import { expect, it } from "vitest";
import { asOwner } from "#prisma/factories.ts";
import { type AppError } from "#lib/errors/index.ts";
import { getDocument, updateDocument } from "#lib/documents/index.ts";
import { grant } from "#lib/sharing/index.ts";
import { makeShared, outcome, tally } from "#lib/sharing/test-support.ts";
import { getCollection, trashCollection, updateCollection } from "./index.ts";

const conflictsOf = (id: string) =>
  asOwner<{ action: string; actor_id: string; metadata: object }>(
    "SELECT action, actor_id, metadata FROM audit_events WHERE resource_id = $1 AND action LIKE '%.conflict' ORDER BY id",
    [id],
  );
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: AppError) => error,
  );
async function makeEdited() {
  const shared = await makeShared();
  const editor = await shared.colleague();
  await grant(shared.owner, shared.collection, { email: editor.email, role: "editor", notify: false });
  return { ...shared, editor };
}

it("a stale version of a collection changes nothing, answers what it is now, and both are in the log", async () => {
  const { owner, editor, collection } = await makeEdited();
  await updateCollection(owner, collection.id, {
    version: 1,
    name: "Theirs",
    description: "What they wrote",
  });
  const error = await refused(updateCollection(editor, collection.id, { version: 1, name: "Mine" }));
  expect(error).toMatchObject({
    ...{ code: "conflict", reason: "stale_version" },
    details: { current: { id: collection.id, version: 2, name: "Theirs", description: "What they wrote" } },
  });
  // as the one who is refused sees it
  expect(error!.details.current).toMatchObject({ role: "editor" });
  expect(await getCollection(owner, collection.id)).toMatchObject({ version: 2, name: "Theirs" });
  expect(await conflictsOf(collection.id)).toEqual([
    {
      ...{ action: "collection.conflict", actor_id: editor.id },
      metadata: {
        attempted: { version: 1, name: "Mine" },
        current: { version: 2, name: "Theirs", description: "What they wrote" },
      },
    },
  ]);
  // reviewed and saved over
  expect(await updateCollection(editor, collection.id, { version: 2, name: "Mine" })).toMatchObject({
    version: 3,
  });
});

it("a stale version of a document changes nothing, answers what it is now, and both are in the log", async () => {
  const { owner, editor, collection, document } = await makeEdited();
  await updateDocument(owner, document.id, { version: 1, name: "theirs.txt" });
  const error = await refused(updateDocument(editor, document.id, { version: 1, name: "mine.txt" }));
  expect(error).toMatchObject({
    ...{ code: "conflict", reason: "stale_version" },
    details: { current: { id: document.id, version: 2, name: "theirs.txt" } },
  });
  expect(await getDocument(owner, document.id)).toMatchObject({ version: 2, name: "theirs.txt" });
  expect(await conflictsOf(document.id)).toEqual([
    {
      ...{ action: "document.conflict", actor_id: editor.id },
      metadata: {
        attempted: { version: 1, name: "mine.txt" },
        current: { version: 2, name: "theirs.txt", collectionId: collection.id },
      },
    },
  ]);
  expect(await updateDocument(editor, document.id, { version: 2, name: "mine.txt" })).toMatchObject({
    version: 3,
  });
});

it("tells nobody what it is now who may not see it, or not change it", async () => {
  const { owner, collection, document, colleague } = await makeEdited();
  const [viewer, stranger] = [await colleague(), await colleague()];
  await grant(owner, collection, { email: viewer.email, role: "viewer", notify: false });
  await updateCollection(owner, collection.id, { version: 1, name: "Theirs" });
  await updateDocument(owner, document.id, { version: 1, name: "theirs.txt" });
  const attempts = (person: typeof viewer) => [
    refused(updateCollection(person, collection.id, { version: 1, name: "Mine" })),
    refused(updateDocument(person, document.id, { version: 1, name: "mine.txt" })),
  ];
  for (const person of [viewer, stranger])
    for (const error of await Promise.all(attempts(person)))
      expect(JSON.stringify([error!.code, error!.details])).not.toMatch(/conflict|Theirs|theirs/);
  expect([...(await conflictsOf(collection.id)), ...(await conflictsOf(document.id))]).toEqual([]);
  // what went to the trash is changed by nobody who could not bring it back
  await trashCollection(owner, collection.id);
  expect(await outcome(updateCollection(viewer, collection.id, { version: 1, name: "Mine" }))).toBe(
    "forbidden:collection",
  );
});

it("of many at the same moment one is saved, and all others are told of it", async () => {
  const { owner, editor, collection, document } = await makeEdited();
  for (let version = 1; version <= 4; version += 1) {
    const people = [owner, editor, owner, editor, editor];
    expect(
      await tally(
        people.map((one, n) => updateCollection(one, collection.id, { version, name: `Name ${n}` })),
      ),
    ).toEqual({ ok: 1, "conflict:stale_version": 4 });
    expect(
      await tally(
        people.map((one, n) => updateDocument(one, document.id, { version, name: `name ${n}.txt` })),
      ),
    ).toEqual({ ok: 1, "conflict:stale_version": 4 });
  }
  expect(await conflictsOf(collection.id)).toHaveLength(16);
  expect(await conflictsOf(document.id)).toHaveLength(16);
  expect(await getCollection(owner, collection.id)).toMatchObject({ version: 5 });
});

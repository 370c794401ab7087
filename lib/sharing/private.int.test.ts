import { describe, expect, it } from "vitest";
import { asOwner, makePerson } from "#prisma/factories.ts";
import { createCollection } from "#lib/collections/index.ts";
import { getDocument, listDocuments } from "#lib/documents/index.ts";
import { type AppError } from "#lib/errors/index.ts";
import { createRole } from "#lib/roles/index.ts";
import {
  changeGrant,
  check,
  effectivePermissions,
  explain,
  grant,
  listAccess,
  listGrants,
  revoke,
  setAccessMode,
} from "./index.ts";
import { address, makeDocumentRow, makeShared, outcome } from "./test-support.ts";

const missing = "not_found:document";
const lettersOf = (documentId: string) =>
  asOwner<{ id: string }>(
    `SELECT o.data->>'collaboratorId' AS id FROM outbox o WHERE o.name = 'collaborator/added' AND o.data->>'collaboratorId' IN (
       SELECT id::text FROM permissions WHERE document_id = $1 UNION SELECT id::text FROM invitations WHERE document_id = $1) ORDER BY 1`,
    [documentId],
  ).then((rows) => rows.map(({ id }) => id));

/** Somebody's private document in a collection of theirs, shared with an editor. */
async function kept() {
  const shared = await makeShared();
  const editor = await shared.colleague();
  await grant(shared.owner, shared.collection, { email: editor.email, role: "editor" });
  await setAccessMode(shared.owner, shared.document.id, "private");
  return { ...shared, editor };
}

describe("a private document", () => {
  it("leaves its owner all that the collection gives them, and nobody else anything", async () => {
    const { owner, editor, colleague, collection, document } = await kept();
    const coOwner = await colleague();
    await grant(owner, collection, { email: coOwner.email, role: "owner" });
    expect(await effectivePermissions(owner, document)).toHaveLength(13);
    const seen = await getDocument(owner, document.id);
    expect(seen.abilities).toEqual({
      canEdit: true,
      canDelete: true,
      canMove: true,
      canShare: true,
      canComment: true,
    });
    const [listed] = (await listDocuments(owner, { collectionId: collection.id, scope: "live" })).items;
    expect(listed!.abilities).toEqual(seen.abilities);
    for (const other of [editor, coOwner]) {
      expect(await outcome(getDocument(other, document.id))).toBe(missing);
      expect(await check(other, "view_documents", document)).toBe(false);
      expect(await outcome(grant(other, document, { email: address(), role: "viewer" }))).toBe(missing);
    }
  });

  it("is shared, changed and taken back by its owner; what they give opens nothing until it is not private", async () => {
    const { owner, colleague, document } = await kept();
    const friend = await colleague();
    const { id } = await grant(owner, document, { email: friend.email, role: "viewer" });
    expect(await outcome(getDocument(friend, document.id))).toBe(missing);
    expect((await listAccess(owner, document, {})).items.map(({ person }) => person.id)).toEqual([owner.id]);
    expect(await changeGrant(owner, document, id, { role: "commenter" })).toMatchObject({
      role: "commenter",
    });
    await setAccessMode(owner, document.id, "invite");
    expect(await check(friend, "add_comments", document)).toBe(true);
    await setAccessMode(owner, document.id, "private");
    expect(await outcome(getDocument(friend, document.id))).toBe(missing);
    await revoke(owner, document, id);
    await setAccessMode(owner, document.id, "collection");
    expect((await listGrants(owner, document)).items.filter(({ userId }) => userId === friend.id)).toEqual(
      [],
    );
  });

  it("counts what was given to its owner on the document itself as well", async () => {
    const { owner, colleague, collection } = await makeShared();
    const author = await colleague();
    await grant(owner, collection, { email: author.email, role: "commenter" });
    const own = { type: "document", id: await makeDocumentRow(author.id, collection.id) } as const;
    expect(await outcome(setAccessMode(author, own.id, "private"))).toBe("ok");
    expect(await effectivePermissions(author, own)).toEqual([
      "view_documents",
      "edit_documents",
      "delete_own_documents",
      "add_comments",
      "delete_own_comments",
      "suggest_changes",
    ]);
    await setAccessMode(author, own.id, "collection");
    await grant(owner, own, { email: author.email, role: "owner" });
    await setAccessMode(author, own.id, "private");
    expect(await effectivePermissions(author, own)).toHaveLength(13);
    expect(await outcome(grant(author, own, { email: address(), role: "editor" }))).toBe("ok");
  });

  it("gives on only what its owner has without its being private", async () => {
    const { owner, colleague, collection } = await makeShared();
    await asOwner("UPDATE users SET workspace_role = 'admin' WHERE id = $1", [owner.id]);
    const role = (name: string, permissions: Parameters<typeof createRole>[1]["permissions"]) =>
      createRole(owner, { name, description: "", permissions });
    const sharer = await role("Sharer", ["manage_permissions"]);
    const renamer = await role("Renamer", ["edit_documents"]);
    const author = await colleague();
    await grant(owner, collection, { email: author.email, roleId: sharer.id });
    const own = { type: "document", id: await makeDocumentRow(author.id, collection.id) } as const;
    await setAccessMode(author, own.id, "private");
    expect(await check(author, "edit_documents", own)).toBe(true);
    expect(await outcome(grant(author, own, { email: address(), roleId: renamer.id }))).toBe(
      "forbidden:above_own_rights",
    );
    expect(await outcome(grant(author, own, { email: address(), roleId: sharer.id }))).toBe("ok");
  });

  it("explains to its owner what counts, and to them alone", async () => {
    const { owner, collection, document } = await kept();
    const told = await explain(owner, document);
    expect(told.permissions.every(({ isAllowed }) => isAllowed)).toBe(true);
    const comment = told.permissions.find(({ permission }) => permission === "add_comments")!;
    expect(comment.paths).toMatchObject([
      { via: "collection_owner", resource: "collection", state: "active" },
    ]);
    const stranger = await makePerson({ workspaceId: owner.workspaceId });
    await grant(owner, collection, { email: stranger.email, role: "viewer" });
    const theirs = await explain(owner, document, stranger.id);
    const view = theirs.permissions.find(({ permission }) => permission === "view_documents")!;
    expect(view).toMatchObject({
      isAllowed: false,
      because: "access_mode",
      paths: [{ state: "access_mode" }],
    });
  });

  it("sends its letters once it can be opened, each one time, and none of what was taken back", async () => {
    const { owner, colleague, document } = await kept();
    const friend = await colleague();
    const kept1 = await grant(owner, document, { email: friend.email, role: "viewer" });
    const kept2 = await grant(owner, document, { email: address(), role: "viewer" });
    const gone = await grant(owner, document, { email: address(), role: "viewer" });
    await grant(owner, document, { email: address(), role: "viewer", notify: false });
    await revoke(owner, document, gone.id);
    expect(await lettersOf(document.id)).toEqual([]);
    const waiting = [kept1.id, kept2.id].toSorted();
    await Promise.all([
      setAccessMode(owner, document.id, "invite"),
      setAccessMode(owner, document.id, "collection"),
    ]);
    expect(await lettersOf(document.id)).toEqual(waiting);
    await setAccessMode(owner, document.id, "private");
    await setAccessMode(owner, document.id, "invite");
    expect(await lettersOf(document.id)).toEqual(waiting);
  });
});

describe("who may not do something", () => {
  const helperOf = (promise: Promise<unknown>) =>
    promise.then(
      () => "nobody needed",
      (error: AppError) => `${error.reason} ${String(error.details.helper)}`,
    );

  it("is told who can help, and is never sent to themselves", async () => {
    const owner = await makePerson({ role: "admin" });
    const { id } = await createCollection(owner, { name: "Letters", description: "" });
    const collection = { type: "collection", id } as const;
    const [coOwner, viewer] = [await makePerson(owner), await makePerson(owner)];
    await grant(owner, collection, { email: coOwner.email, role: "owner" });
    await grant(owner, collection, { email: viewer.email, role: "viewer" });
    const mine = { type: "document", id: await makeDocumentRow(owner.id, id) } as const;
    const share = (actor: typeof owner, resource: typeof mine | typeof collection) =>
      helperOf(grant(actor, resource, { email: address(), role: "viewer" }));
    expect(await share(viewer, collection)).toBe("action collection_owner");
    expect(await share(viewer, mine)).toBe("action collection_owner");
    // a co-owner limits the owner's document: the owner is not one of those invited
    await setAccessMode(coOwner, mine.id, "invite");
    expect(await share(owner, mine)).toBe("action own_mode");
    expect(await helperOf(listGrants(owner, mine))).toBe("action own_mode");
    await grant(coOwner, mine, { email: viewer.email, role: "viewer" });
    expect(await share(viewer, mine)).toBe("action document_managers");
    expect(await outcome(setAccessMode(owner, mine.id, "collection"))).toBe("ok");
    expect(await share(owner, mine)).toBe("nobody needed");
  });
});

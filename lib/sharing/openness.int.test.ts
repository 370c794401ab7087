import { describe, expect, it } from "vitest";
import { asOwner, makePerson } from "#prisma/factories.ts";
import { createCollection, getCollection } from "#lib/collections/index.ts";
import { getDocument } from "#lib/documents/index.ts";
import { check, grant, listGrants, setAccessMode, setVisibility } from "./index.ts";
import { makeDocumentRow, outcome, tally } from "./test-support.ts";

async function shared() {
  const owner = await makePerson();
  const { id } = await createCollection(owner, { name: "Letters", description: "" });
  const colleague = () => makePerson({ workspaceId: owner.workspaceId });
  const editor = await colleague();
  await grant(owner, { type: "collection", id }, { email: editor.email, role: "editor" });
  const documentId = await makeDocumentRow(editor.id, id);
  return {
    owner,
    editor,
    colleague,
    id,
    documentId,
    document: { type: "document", id: documentId } as const,
  };
}

describe("visibility", () => {
  it("lets the workspace, or everyone, in as viewers, and out again at once", async () => {
    const { owner, colleague, id, documentId } = await shared();
    const [inside, guest, outside] = [
      await colleague(),
      await makePerson({ workspaceId: owner.workspaceId, role: "guest" }),
      await makePerson(),
    ];
    const see = async () => [
      await outcome(getDocument(inside, documentId)),
      await outcome(getDocument(guest, documentId)),
      await outcome(getDocument(outside, documentId)),
      await outcome(getDocument({ kind: "everyone" }, documentId)),
    ];
    const no = "not_found:document";
    expect(await see()).toEqual([no, no, no, no]);
    expect(await setVisibility(owner, id, { visibility: "workspace" })).toEqual({
      visibility: "workspace",
      isProtected: false,
    });
    expect(await see()).toEqual(["ok", no, no, no]);
    expect((await getCollection(inside, id)).abilities).toEqual({
      canCreateDocuments: false,
      canEdit: false,
      canShare: false,
      canDelete: false,
    });
    await setVisibility(owner, id, { visibility: "public" });
    expect(await see()).toEqual(["ok", "ok", "ok", "ok"]);
    expect((await getCollection(owner, id)).visibility).toBe("public");
    await setVisibility(owner, id, { visibility: "private" });
    expect(await see()).toEqual([no, no, no, no]);
    expect((await listGrants(owner, { type: "collection", id })).items).toHaveLength(2);
  });

  it("is for those who manage permissions, and always one state however parallel", async () => {
    const { owner, editor, id } = await shared();
    const outsider = await makePerson();
    expect(await outcome(setVisibility(editor, id, { visibility: "public" }))).toBe("forbidden:action");
    expect(await outcome(setVisibility(outsider, id, { visibility: "public" }))).toBe("forbidden:collection");
    const wanted = ["private", "workspace", "public"] as const;
    const done = await tally(
      Array.from({ length: 15 }, (_, index) => setVisibility(owner, id, { visibility: wanted[index % 3]! })),
    );
    expect(done).toEqual({ ok: 15 });
    const { visibility } = await getCollection(owner, id);
    const open = await asOwner<{ is_everyone: boolean }>(
      "SELECT is_everyone FROM permissions WHERE collection_id = $1 AND deleted_at IS NULL AND (is_everyone OR subject_workspace_id IS NOT NULL)",
      [id],
    );
    expect(open).toEqual(visibility === "private" ? [] : [{ is_everyone: visibility === "public" }]);
  });

  it("of a protected collection is never public, nor are its documents linked; only the owner protects", async () => {
    const { owner, editor, colleague, id, documentId } = await shared();
    const coOwner = await colleague();
    await grant(owner, { type: "collection", id }, { email: coOwner.email, role: "owner" });
    await setAccessMode(owner, documentId, "link");
    expect(await outcome(setVisibility(coOwner, id, { visibility: "private", isProtected: true }))).toBe(
      "forbidden:owner_only",
    );
    await setVisibility(owner, id, { visibility: "public" });
    expect(await outcome(setVisibility(owner, id, { visibility: "public", isProtected: true }))).toBe(
      "forbidden:protected",
    );
    expect(await setVisibility(owner, id, { visibility: "workspace", isProtected: true })).toEqual({
      visibility: "workspace",
      isProtected: true,
    });
    expect((await getDocument(editor, documentId)).accessMode).toBe("collection");
    expect(await outcome(setVisibility(coOwner, id, { visibility: "public" }))).toBe("forbidden:protected");
    expect(await outcome(setAccessMode(owner, documentId, "link"))).toBe("forbidden:protected");
    expect(await outcome(setVisibility(coOwner, id, { visibility: "private" }))).toBe("ok");
    expect(await outcome(setVisibility(coOwner, id, { visibility: "public", isProtected: false }))).toBe(
      "forbidden:owner_only",
    );
    const log = await asOwner<{ action: string; metadata: object }>(
      "SELECT action, metadata FROM audit_events WHERE resource_id = $1 AND (action LIKE 'collection.visib%' OR action LIKE '%protected') ORDER BY id",
      [id],
    );
    expect(log).toEqual([
      { action: "collection.visibility_changed", metadata: { previous: "private", new: "public" } },
      { action: "collection.visibility_changed", metadata: { previous: "public", new: "workspace" } },
      { action: "collection.protected", metadata: { unlinkedDocuments: 1, closedLinks: 0 } },
      { action: "collection.visibility_changed", metadata: { previous: "workspace", new: "private" } },
    ]);
  });

  it("protects or opens, never both, when asked for at once", async () => {
    for (let round = 0; round < 5; round++) {
      const { owner, colleague, id } = await shared();
      const coOwner = await colleague();
      await grant(owner, { type: "collection", id }, { email: coOwner.email, role: "owner" });
      await Promise.all([
        outcome(setVisibility(owner, id, { visibility: "private", isProtected: true })),
        outcome(setVisibility(coOwner, id, { visibility: "public" })),
      ]);
      const [row] = await asOwner(
        "SELECT visibility = 'public' AND is_protected AS both FROM collections WHERE id = $1",
        [id],
      );
      expect(row).toEqual({ both: false });
    }
  });
});

describe("access mode", () => {
  it("is not changed by guests, whatever role they were given, but on a file of their own", async () => {
    const { owner, id, documentId } = await shared();
    const guest = await makePerson({ workspaceId: owner.workspaceId, role: "guest" });
    await grant(owner, { type: "collection", id }, { email: guest.email, role: "owner" });
    for (const mode of ["link", "invite", "collection"] as const)
      expect(await outcome(setAccessMode(guest, documentId, mode))).toBe("forbidden:guest_action");
    const [row] = await asOwner("SELECT access_mode FROM documents WHERE id = $1", [documentId]);
    expect(row).toEqual({ access_mode: "collection" });
    const own = await makeDocumentRow(guest.id, id);
    expect(await outcome(setAccessMode(guest, own, "link"))).toBe("forbidden:guest_action");
    for (const mode of ["private", "collection"] as const)
      expect(await outcome(setAccessMode(guest, own, mode))).toBe("ok");
  });

  it("private is for a document's owner, who alone can give it back", async () => {
    const { owner, editor, documentId } = await shared();
    expect(await outcome(setAccessMode(owner, documentId, "private"))).toBe("forbidden:document_owner");
    expect(await outcome(setAccessMode(editor, documentId, "invite"))).toBe("forbidden:action");
    expect(await outcome(setAccessMode(editor, documentId, "private"))).toBe("ok");
    expect(await outcome(getDocument(owner, documentId))).toBe("not_found:document");
    expect(await outcome(setAccessMode(owner, documentId, "collection"))).toBe("not_found:document");
    expect(await outcome(setAccessMode(editor, documentId, "link"))).toBe("forbidden:action");
    expect(await setAccessMode(editor, documentId, "collection")).toEqual({ mode: "collection" });
    expect(await outcome(getDocument(owner, documentId))).toBe("ok");
  });

  it("invite leaves out the collection's people, but not whoever limited it", async () => {
    const { owner, editor, colleague, documentId, document } = await shared();
    const invited = await colleague();
    await setAccessMode(owner, documentId, "invite");
    expect(await check(owner, "manage_permissions", document)).toBe(true);
    // its own uploader keeps view and delete
    expect([
      await check(editor, "view_documents", document),
      await check(editor, "edit_documents", document),
    ]).toEqual([true, false]);
    await grant(owner, document, { email: invited.email, role: "commenter" });
    expect(await check(invited, "add_comments", document)).toBe(true);
    expect(await outcome(setAccessMode(invited, documentId, "collection"))).toBe("forbidden:action");
    expect((await listGrants(owner, document)).items.map((item) => [item.userId, item.role])).toEqual([
      [owner.id, "owner"],
      [invited.id, "commenter"],
    ]);
    await setAccessMode(owner, documentId, "collection");
    await setAccessMode(owner, documentId, "invite");
    expect((await listGrants(owner, document)).items).toHaveLength(2);
    expect(await outcome(setAccessMode(editor, documentId, "private"))).toBe("ok");
    for (const person of [owner, invited])
      expect(await check(person, "view_documents", document)).toBe(false);
  });

  it("is refused alike where nothing may be seen, and written down where it changed", async () => {
    const { owner, documentId } = await shared();
    const [outsider, admin] = [await makePerson(), await makePerson({ isSystemAdmin: true })];
    expect(await outcome(setAccessMode(outsider, documentId, "link"))).toBe("not_found:document");
    expect(await outcome(setAccessMode(admin, documentId, "link"))).toBe("forbidden:document");
    const before = (await getDocument(owner, documentId)).version;
    await setAccessMode(owner, documentId, "link");
    await setAccessMode(owner, documentId, "link");
    expect((await getDocument(owner, documentId)).version).toBe(before + 1);
    const log = await asOwner(
      "SELECT metadata FROM audit_events WHERE resource_id = $1 AND action = 'document.access_mode_changed'",
      [documentId],
    );
    expect(log).toEqual([{ metadata: { previous: "collection", new: "link" } }]);
  });
});

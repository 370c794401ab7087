import { describe, expect, it } from "vitest";
import { asOwner, makePerson } from "#prisma/factories.ts";
import { listAudit } from "#lib/audit/index.ts";
import { setAccessMode } from "#lib/sharing/index.ts";
import { makeShared, outcome } from "#lib/sharing/test-support.ts";
import { updateMember } from "#lib/workspaces/index.ts";
import { createLink, listLinks, listWorkspaceLinks, revokeLink, revokeWorkspaceLink } from "./index.ts";
import { visitorOf } from "./test-support.ts";

async function makeLinked() {
  const shared = await makeShared();
  const admin = await shared.colleague({ role: "admin" });
  return { ...shared, admin };
}
const namesOf = async (...args: Parameters<typeof listWorkspaceLinks>) =>
  (await listWorkspaceLinks(...args)).items.map(({ name }) => name);

describe("the links of a workspace", () => {
  it("are for its admins, without addresses and without names of what is closed to them", async () => {
    const { admin, owner, collection, document } = await makeLinked();
    await setAccessMode(owner, document.id, "link");
    const first = await createLink(owner, collection, { name: "Press", password: "a long password" });
    await createLink(owner, document, { name: "Carla", maxUses: 2 });
    const elsewhere = await makeLinked();
    await createLink(elsewhere.owner, elsewhere.collection, { name: "Elsewhere" });

    const { items, nextCursor } = await listWorkspaceLinks(admin, {});
    expect(nextCursor).toBeNull();
    expect(items).toMatchObject([
      {
        name: "Carla",
        state: "open",
        maxUses: 2,
        collection: { id: collection.id, name: "Letters" },
        document: { id: document.id, name: null },
        canOpen: false,
        createdBy: { id: owner.id, name: owner.name, email: owner.email },
      },
      { id: first.id, name: "Press", hasPassword: true, document: null, canOpen: false },
    ]);
    expect(JSON.stringify(items)).not.toContain(first.token);
    // what is closed is not found by its name either
    expect(await namesOf(admin, { q: "page.txt" })).toEqual([]);
    expect(await namesOf(admin, { q: "PRESS" })).toEqual(["Press"]);
    expect(await namesOf(admin, { q: "letters" })).toEqual(["Carla", "Press"]);
    expect(await namesOf(admin, { q: owner.name })).toEqual(["Carla", "Press"]);
    for (const other of [owner, elsewhere.owner])
      expect(await outcome(listWorkspaceLinks(other, {}))).toBe("forbidden:workspace_admin");
    expect(await namesOf(elsewhere.admin, {})).toEqual(["Elsewhere"]);
  });

  it("are told apart by their state", async () => {
    const { admin, owner, collection, document } = await makeLinked();
    const used = await createLink(owner, collection, { name: "used up", maxUses: 1 });
    await visitorOf(used.token);
    await createLink(owner, document, { name: "suspended" });
    await createLink(owner, collection, { name: "open" });
    const ended = await createLink(owner, collection, {
      name: "expired",
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    });
    await asOwner("UPDATE public_links SET expires_at = now() - interval '1 minute' WHERE id = $1", [
      ended.id,
    ]);
    const gone = await createLink(owner, collection, { name: "revoked" });
    await revokeLink(owner, gone.id);
    for (const [state, name] of [
      ["used_up", "used up"],
      ["suspended", "suspended"],
      ["open", "open"],
      ["expired", "expired"],
    ] as const)
      expect(await namesOf(admin, { state })).toEqual([name]);
    expect(await namesOf(admin, {})).toHaveLength(4);
    // those who manage the collection read the same states
    const { items } = await listLinks(owner, collection);
    expect(items.map(({ name, state }) => [name, state])).toEqual([
      ["used up", "used_up"],
      ["open", "open"],
      ["expired", "expired"],
    ]);
  });

  it("come by pages, however many there are, and a search that finds nothing soon goes on from where it was", async () => {
    const { admin, owner, collection } = await makeLinked();
    await createLink(owner, collection, { name: "the oldest" });
    // without all that follows from a single link
    await asOwner(`DO $$ BEGIN
      ALTER TABLE public_links DISABLE TRIGGER USER;
      INSERT INTO public_links (workspace_id, collection_id, role_id, created_by_id, token_hash, token_sealed)
        SELECT '${owner.workspaceId}', '${collection.id}', r.id, '${owner.id}', sha256(uuidv7()::text::bytea), ''
          FROM roles r, generate_series(1, 5100) WHERE r.workspace_id IS NULL AND r.name = 'viewer';
      ALTER TABLE public_links ENABLE TRIGGER USER;
    END $$`);
    const first = await listWorkspaceLinks(admin, {});
    expect(first.items).toHaveLength(50);
    const second = await listWorkspaceLinks(admin, { cursor: first.nextCursor! });
    expect(second.items[0]!.id < first.items.at(-1)!.id).toBe(true);
    const vain = await listWorkspaceLinks(admin, { q: "oldest" });
    expect(vain.items).toEqual([]);
    expect(await namesOf(admin, { q: "oldest", cursor: vain.nextCursor! })).toEqual(["the oldest"]);
  });

  it("follow what they open into another workspace", async () => {
    const { admin, owner, collection, document } = await makeLinked();
    const other = await makeLinked();
    await createLink(owner, collection, { name: "of the collection" });
    await createLink(owner, document, { name: "of the document" });
    await asOwner("UPDATE documents SET collection_id = $1 WHERE id = $2", [
      other.collection.id,
      document.id,
    ]);
    expect(await namesOf(admin, {})).toEqual(["of the collection"]);
    expect(await namesOf(other.admin, {})).toEqual(["of the document"]);
    const third = await makePerson({ role: "admin" });
    await asOwner("UPDATE collections SET workspace_id = $1 WHERE id = ANY ($2)", [
      third.workspaceId,
      [collection.id, other.collection.id],
    ]);
    expect(await namesOf(third, {})).toEqual(["of the document", "of the collection"]);
    expect(await namesOf(admin, {})).toEqual([]);
  });

  it("belong to the workspace that their collection has in the end, when it moves as they are made", async () => {
    const { owner, collection, document } = await makeLinked();
    const target = await makePerson({ role: "admin" });
    await setAccessMode(owner, document.id, "link");
    await Promise.all([
      ...Array.from({ length: 6 }, (_, n) => createLink(owner, n % 2 ? collection : document, {})),
      asOwner("UPDATE collections SET workspace_id = $1 WHERE id = $2", [target.workspaceId, collection.id]),
    ]);
    const rows = await asOwner<{ workspace_id: string }>(
      "SELECT workspace_id FROM public_links WHERE collection_id = $1 OR document_id = $2",
      [collection.id, document.id],
    );
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(row.workspace_id).toBe(target.workspaceId);
  });
});

describe("revoking a link of the workspace", () => {
  it("is for its admins, once, and stands in the log", async () => {
    const { admin, owner, collection } = await makeLinked();
    const made = await createLink(owner, collection, { name: "Press" });
    const stranger = await makePerson({ role: "admin" });
    expect(await outcome(revokeWorkspaceLink(owner, made.id))).toBe("forbidden:workspace_admin");
    expect(await outcome(revokeWorkspaceLink(stranger, made.id))).toBe("not_found:link");
    // without it they end nothing that others manage
    expect(await outcome(revokeLink(admin, made.id))).toBe("not_found:link");
    await Promise.all([revokeWorkspaceLink(admin, made.id), revokeWorkspaceLink(admin, made.id)]);
    await revokeWorkspaceLink(admin, made.id);
    expect((await listLinks(owner, collection)).items).toEqual([]);
    expect(await outcome(visitorOf(made.token))).toMatch(/^link_revoked/);
    const { items } = await listAudit(admin, { workspace: "", action: "link.revoked" });
    expect(items.map(({ subject, metadata }) => [subject?.id, metadata])).toEqual([
      [made.id, expect.objectContaining({ name: "Press", because: "workspace_admin" })],
    ]);
  });

  it("is refused to those who stopped being admins meanwhile", async () => {
    const { admin, owner, collection, colleague } = await makeLinked();
    const second = await colleague({ role: "admin" });
    const made = await createLink(owner, collection, {});
    const [revoked] = await Promise.all([
      outcome(revokeWorkspaceLink(second, made.id)),
      updateMember(admin, second.id, { role: "member" }),
    ]);
    const isGone = (await listLinks(owner, collection)).items.length === 0;
    expect(revoked).toBe(isGone ? "ok" : "forbidden:workspace_admin");
    expect(await outcome(revokeWorkspaceLink(second, made.id))).toBe("forbidden:workspace_admin");
  });
});

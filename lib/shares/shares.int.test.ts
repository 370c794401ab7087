import { describe, expect, it } from "vitest";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { createCollection, restoreCollection, trashCollection } from "#lib/collections/index.ts";
import { changeGrant, grant, revoke, setAccessMode, setVisibility } from "#lib/sharing/index.ts";
import { makeDocumentRow, makeGroup, makeRole, makeShared, outcome } from "#lib/sharing/test-support.ts";
import { type ListSharesInput } from "./schema.ts";
import { hideShare, listShareGivers, listShares } from "./index.ts";

const listed = async (person: Person, input: Partial<ListSharesInput> = {}) =>
  (await listShares(person, { sort: "newest", ...input })).items;
const idsOf = async (person: Person, input: Partial<ListSharesInput> = {}) =>
  (await listed(person, input)).map(({ id }) => id);
/** Things of an owner, with these names, given to a reader one after the other. */
async function give(owner: Person, reader: Person, names: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const { id } = await createCollection(owner, { name, description: "" });
    await grant(owner, { type: "collection", id }, { email: reader.email, role: "viewer", notify: false });
    await asOwner(
      "UPDATE permissions SET granted_at = now() - $2 * interval '1 minute' WHERE collection_id = $1",
      [id, names.length - ids.length],
    );
    ids.push(id);
  }
  return ids;
}

describe("what is shared with somebody", () => {
  it("says what, by whom, when, with which role and through what", async () => {
    const { owner, workspaceId, collection, document, colleague } = await makeShared();
    const [reader, member, editor] = [await colleague(), await colleague(), await colleague()];
    await grant(owner, collection, { email: reader.email, role: "commenter", notify: false });
    expect(await listed(reader)).toMatchObject([
      {
        ...{ type: "collection", id: collection.id, name: "Letters", contentType: null, role: "commenter" },
        ...{ by: { id: owner.id, name: owner.name }, through: "person", groupName: null, roleName: null },
        ...{ ways: 1, isHidden: false, sharedAt: expect.any(String) },
      },
    ]);
    const inner = await makeGroup(workspaceId, { people: [member] });
    const groupId = await makeGroup(workspaceId, { groups: [inner], name: `Press ${inner}` });
    await grant(owner, document, { groupId, role: "viewer" });
    expect(await listed(member)).toMatchObject([
      {
        ...{ type: "document", id: document.id, contentType: "text/plain", collectionName: null },
        ...{ through: "group", groupName: `Press ${inner}` },
      },
    ]);
    // twice the same is one line: by what came last, with what both give
    await grant(owner, document, { email: member.email, role: "editor", notify: false });
    expect(await listed(member)).toMatchObject([{ role: "editor", through: "person", ways: 2 }]);
    const roleId = await makeRole(workspaceId, 1 | 512);
    await grant(owner, collection, { email: editor.email, roleId, notify: false });
    expect(await listed(editor)).toMatchObject([{ role: "viewer", roleName: expect.any(String) }]);
    expect(await listed(owner)).toEqual([]);
  });

  it("is what can be opened now, and nothing that everyone may open or one owns", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const [reader, bystander] = [await colleague(), await colleague()];
    await setVisibility(owner, collection.id, { visibility: "public" });
    expect(await idsOf(bystander)).toEqual([]);
    await setVisibility(owner, collection.id, { visibility: "workspace" });
    expect(await listed(bystander)).toMatchObject([{ through: "workspace", by: { id: owner.id } }]);
    await setVisibility(owner, collection.id, { visibility: "private" });
    const given = await grant(owner, collection, { email: reader.email, role: "editor", notify: false });
    const own = await makeDocumentRow(reader.id, collection.id);
    await grant(owner, { type: "document", id: own }, { email: reader.email, role: "viewer", notify: false });
    const onDocument = await grant(owner, document, { email: reader.email, role: "viewer", notify: false });
    expect((await idsOf(reader)).toSorted()).toEqual([collection.id, document.id].toSorted());
    await setAccessMode(owner, document.id, "private");
    expect(await idsOf(reader)).toEqual([collection.id]);
    await setAccessMode(owner, document.id, "invite");
    await trashCollection(owner, collection.id);
    expect(await idsOf(reader)).toEqual([]);
    await restoreCollection(owner, collection.id);
    await revoke(owner, collection, given.id);
    expect(await listed(reader)).toMatchObject([{ id: document.id, collectionName: null }]);
    await changeGrant(owner, document, onDocument.id, {
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    });
    await asOwner("UPDATE permissions SET expires_at = now() WHERE id = $1", [onDocument.id]);
    expect(await idsOf(reader)).toEqual([]);
  });

  it("names no group to guests", async () => {
    const { owner, workspaceId, collection, colleague } = await makeShared();
    const guest = await colleague({ role: "guest" });
    const groupId = await makeGroup(workspaceId, { people: [guest] });
    await grant(owner, collection, { groupId, role: "viewer" });
    for (const share of await listed(guest)) expect(share.groupName).toBeNull();
  });
});

describe("the list", () => {
  it("is filtered by type, person and role, and sorted, page after page", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const [other, reader] = [await colleague({ name: "Other" }), await colleague()];
    await grant(owner, collection, { email: reader.email, role: "editor", notify: false });
    await grant(owner, document, { email: reader.email, role: "viewer", notify: false });
    const [b, a] = await give(other, reader, ["Beta", "alpha"]);
    expect(await idsOf(reader, { type: "document" })).toEqual([document.id]);
    expect(await idsOf(reader, { by: other.id })).toEqual([a, b]);
    expect(await idsOf(reader, { by: other.id, sort: "oldest" })).toEqual([b, a]);
    expect(await idsOf(reader, { role: "editor" })).toEqual([collection.id]);
    expect((await idsOf(reader, { role: "viewer" })).toSorted()).toEqual([a, b, document.id].toSorted());
    expect(await idsOf(reader, { role: "owner" })).toEqual([]);
    expect((await listed(reader, { sort: "name", type: "collection" })).map(({ name }) => name)).toEqual([
      "alpha",
      "Beta",
      "Letters",
    ]);
    expect((await listShareGivers(reader)).items.map(({ id }) => id).toSorted()).toEqual(
      [owner.id, other.id].toSorted(),
    );
    expect(await listShareGivers(owner)).toEqual({ items: [] });
  });

  it("goes on from where it ended in each order, even where that is gone", async () => {
    const [owner, reader] = [await makePerson(), await makePerson()];
    const role = "(SELECT id FROM roles WHERE workspace_id IS NULL AND name = 'viewer')";
    // some alike in name and time
    await asOwner(
      `WITH made AS (INSERT INTO collections (workspace_id, owner_id, name)
         SELECT $1, $2, 'Name ' || (n / 3) FROM generate_series(1, 120) n RETURNING id, name)
       INSERT INTO permissions (user_id, collection_id, role_id, granted_by_id, granted_at)
         SELECT $3, id, ${role}, $2, now() - (hashtext(name) % 50) * interval '1 hour' - interval '60 hours' FROM made`,
      [owner.workspaceId, owner.id, reader.id],
    );
    for (const sort of ["newest", "oldest", "name"] as const) {
      const all: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listShares(reader, { sort, cursor });
        all.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
        expect(page.items.length).toBeLessThanOrEqual(50);
      } while (cursor);
      expect(new Set(all).size).toBe(120);
      expect(all).toHaveLength(120);
    }
    const first = await listShares(reader, { sort: "name" });
    await asOwner("UPDATE permissions SET deleted_at = now() WHERE collection_id = $1", [
      first.items.at(-1)!.id,
    ]);
    const second = await listShares(reader, { sort: "name", cursor: first.nextCursor! });
    expect(second.items).toHaveLength(50);
    for (const cursor of ["x", Buffer.from('["x","y"]').toString("base64url")])
      expect(await outcome(listShares(reader, { sort: "newest", cursor }))).toMatch(/^invalid_input/);
    const wrong = Buffer.from(JSON.stringify(["never", reader.id])).toString("base64url");
    expect(await outcome(listShares(reader, { sort: "newest", cursor: wrong }))).toMatch(/^invalid_input/);
  });
});

describe("hiding", () => {
  it("takes something out of one's own list alone, leaves the access, and is taken back", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const [reader, other] = [await colleague(), await colleague()];
    for (const { email } of [reader, other])
      for (const resource of [collection, document])
        await grant(owner, resource, { email, role: "viewer", notify: false });
    for (const resource of [collection, document]) {
      await hideShare(reader, { ...resource, isHidden: true });
      await hideShare(reader, { ...resource, isHidden: true });
    }
    expect(await idsOf(reader)).toEqual([]);
    expect((await listed(reader, { hidden: true })).map(({ isHidden }) => isHidden)).toEqual([true, true]);
    expect(await idsOf(other)).toHaveLength(2);
    const grants = await asOwner("SELECT FROM permissions WHERE user_id = $1 AND deleted_at IS NULL", [
      reader.id,
    ]);
    expect(grants).toHaveLength(2);
    await hideShare(reader, { ...collection, isHidden: false });
    expect(await idsOf(reader)).toEqual([collection.id]);
  });

  it("ends when it is shared anew, and not by a change of the role", async () => {
    const { owner, workspaceId, collection, colleague } = await makeShared();
    const reader = await colleague();
    const given = await grant(owner, collection, { email: reader.email, role: "viewer", notify: false });
    await hideShare(reader, { ...collection, isHidden: true });
    await changeGrant(owner, collection, given.id, { role: "editor" });
    expect(await idsOf(reader)).toEqual([]);
    await asOwner("UPDATE hidden_shares SET hidden_at = now() - interval '1 minute' WHERE user_id = $1", [
      reader.id,
    ]);
    await asOwner("UPDATE permissions SET granted_at = now() - interval '2 minutes' WHERE id = $1", [
      given.id,
    ]);
    expect(await idsOf(reader)).toEqual([]);
    const groupId = await makeGroup(workspaceId, { people: [reader] });
    await grant(owner, collection, { groupId, role: "viewer" });
    expect(await idsOf(reader)).toEqual([collection.id]);
  });

  it("finds nothing that is not shared with one", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const reader = await colleague();
    for (const person of [owner, reader, await makePerson()])
      for (const resource of [collection, document])
        expect(await outcome(hideShare(person, { ...resource, isHidden: true }))).toBe("not_found:share");
  });
});

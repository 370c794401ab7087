import { describe, expect, it } from "vitest";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { everyonePrincipalId } from "#lib/authz/actor.ts";
import { createCollection, getCollection, trashCollection } from "#lib/collections/index.ts";
import { addCollaborator } from "#lib/sharing/index.ts";
import {
  addMembers,
  createGroup,
  deleteGroup,
  listReach,
  nestGroup,
  removeMembers,
  unnestGroup,
} from "./index.ts";
import { compareWithTruth, makeWorkspace, outcome, principalsOf, word } from "./test-support.ts";

const people = (...list: { id: string }[]) => ({ userIds: list.map(({ id }) => id), emails: [] });
const collectionOf = async (owner: Person, name = `Letters ${word()}`) =>
  (await createCollection(owner, { name, description: "" })).id;

/** Gives a group a role on a collection. */
const grantTo = (groupId: string, collectionId: string, role = "viewer", expiresAt: Date | null = null) =>
  asOwner(
    "INSERT INTO permissions (group_id, collection_id, role_id, expires_at) SELECT $1, $2, id, $4 FROM roles WHERE name = $3 AND workspace_id IS NULL",
    [groupId, collectionId, role, expiresAt],
  );
const set = (person: Person, change: string) =>
  asOwner(`UPDATE users SET ${change} WHERE id = $1`, [person.id]);
const closed = "forbidden:collection";

describe("rights through groups", () => {
  it("begin and end with the very next statement", async () => {
    const { admin, member, group } = await makeWorkspace();
    const owner = await member();
    const someone = await member();
    const collectionId = await collectionOf(owner);
    const [outer, middle, inner] = [await group(), await group(), await group()];
    const opens = () => outcome(getCollection(someone, collectionId));
    await grantTo(outer.id, collectionId);
    const steps: [string, () => Promise<unknown>][] = [
      [closed, () => addMembers(admin, inner.id, people(someone))],
      [closed, () => nestGroup(admin, middle.id, inner.id)],
      ["ok", () => nestGroup(admin, outer.id, middle.id)],
      [closed, () => unnestGroup(admin, middle.id, inner.id)],
      ["ok", () => nestGroup(admin, outer.id, inner.id)],
      [closed, () => removeMembers(admin, inner.id, people(someone))],
      ["ok", () => addMembers(admin, middle.id, people(someone))],
      [closed, () => deleteGroup(admin, middle.id)],
      ["ok", () => addMembers(admin, outer.id, people(someone))],
      [closed, () => deleteGroup(admin, outer.id)],
    ];
    expect(await opens()).toBe(closed);
    for (const [expected, step] of steps) {
      await step();
      expect(await opens()).toBe(expected);
    }
  });

  it("stay with the group that had them: one of the same name has none", async () => {
    const { admin, member, group } = await makeWorkspace();
    const owner = await member();
    const someone = await member();
    const collectionId = await collectionOf(owner);
    const [old, parent, child] = [await group("Press"), await group(), await group()];
    await grantTo(old.id, collectionId);
    await addMembers(admin, old.id, people(someone));
    await nestGroup(admin, parent.id, old.id);
    await nestGroup(admin, old.id, child.id);
    await deleteGroup(admin, old.id);
    const again = await createGroup(admin, { name: "Press", description: "" });
    expect(again).toMatchObject({ memberCount: 0, effectiveCount: 0 });
    expect(await outcome(getCollection(someone, collectionId))).toBe(closed);
    await addMembers(admin, again.id, people(someone));
    expect(await outcome(getCollection(someone, collectionId))).toBe(closed);
    expect((await listReach(admin, again.id, {})).items).toEqual([]);
    expect(await principalsOf(someone)).toEqual(expect.not.arrayContaining([old.id, parent.id]));
  });

  it("end with the group, which no longer counts as a collaborator", async () => {
    const { admin, member, group } = await makeWorkspace();
    const owner = await member({ limits: { collaborators: 1 } });
    const collectionId = await collectionOf(owner);
    const { id } = await group();
    await grantTo(id, collectionId, "editor");
    const add = () =>
      outcome(addCollaborator(owner, collectionId, { email: `${word()}@example.net`, role: "viewer" }));
    expect(await add()).toBe("quota_exceeded:");
    await deleteGroup(admin, id);
    expect(await add()).toBe("ok");
    const entries = await asOwner(
      "SELECT action, subject_type, subject_id, metadata FROM audit_events WHERE resource_id = $1 AND action = 'permission.revoked'",
      [collectionId],
    );
    expect(entries).toMatchObject([
      { subject_type: "group", subject_id: id, metadata: { previous: { role: "editor" } } },
    ]);
  });
});

describe("principals", () => {
  it("are none for suspended people, and come back when they do", async () => {
    const { admin, member, group } = await makeWorkspace();
    const someone = await member();
    const { id } = await group();
    await addMembers(admin, id, people(someone));
    const before = (await principalsOf(someone)).toSorted();
    expect(before).toEqual([someone.id, admin.workspaceId, everyonePrincipalId, id].toSorted());
    await set(someone, "suspended_at = now()");
    expect(await principalsOf(someone)).toEqual([]);
    // changes during the suspension count on their return
    const later = await group();
    await addMembers(admin, later.id, people(someone));
    await removeMembers(admin, id, people(someone));
    expect(await principalsOf(someone)).toEqual([]);
    await set(someone, "suspended_at = NULL");
    expect((await principalsOf(someone)).toSorted()).toEqual(
      [someone.id, admin.workspaceId, everyonePrincipalId, later.id].toSorted(),
    );
  });

  it("never hold the workspace for guests", async () => {
    const { admin, guest } = await makeWorkspace();
    const visitor = await guest();
    expect((await principalsOf(visitor)).toSorted()).toEqual([visitor.id, everyonePrincipalId].toSorted());
    await set(visitor, "is_external = false");
    expect(await principalsOf(visitor)).toContain(admin.workspaceId);
    await set(visitor, "is_external = true");
    expect(await principalsOf(visitor)).not.toContain(admin.workspaceId);
    await set(visitor, "suspended_at = now(), is_external = false");
    await set(visitor, "suspended_at = NULL, is_external = true");
    expect(await principalsOf(visitor)).not.toContain(admin.workspaceId);
  });

  it("leave the groups of a workspace with it, also on the way back", async () => {
    const { admin, member, group } = await makeWorkspace();
    const there = await makeWorkspace();
    const someone = await member();
    const [inner, outer] = [await group(), await group()];
    await nestGroup(admin, outer.id, inner.id);
    await addMembers(admin, inner.id, people(someone));
    await set(someone, `workspace_id = '${there.admin.workspaceId}'`);
    const moved = [someone.id, there.admin.workspaceId, everyonePrincipalId].toSorted();
    expect((await principalsOf(someone)).toSorted()).toEqual(moved);
    await set(someone, `workspace_id = '${admin.workspaceId}'`);
    expect(await principalsOf(someone)).not.toContain(inner.id);
    // a membership that must not exist gives nothing
    await asOwner("INSERT INTO group_memberships (group_id, user_id) VALUES ($1, $2)", [
      (await there.group()).id,
      someone.id,
    ]);
    expect(await compareWithTruth()).toMatchObject({ missing: [], extra: [] });
  });

  it("go with the person", async () => {
    const { admin, member, group } = await makeWorkspace();
    const someone = await member();
    await addMembers(admin, (await group()).id, people(someone));
    await asOwner("DELETE FROM users WHERE id = $1", [someone.id]);
    expect(await principalsOf(someone)).toEqual([]);
    expect(await compareWithTruth()).toMatchObject({ missing: [], extra: [] });
  });
});

describe("reach", () => {
  it("names role, end and the group it comes through; members see what they may open", async () => {
    const { admin, member, group } = await makeWorkspace();
    const [owner, someone] = [await member(), await member()];
    const [inner, outer] = [await group(), await group()];
    await nestGroup(admin, outer.id, inner.id);
    const [letters, archive, gone, over] = [
      await collectionOf(owner, "Letters"),
      await collectionOf(owner, "archive"),
      await collectionOf(owner, "Gone"),
      await collectionOf(owner, "Over"),
    ];
    const ends = new Date(Date.now() + 86_400_000);
    await grantTo(inner.id, letters, "editor");
    await grantTo(outer.id, letters, "viewer", ends);
    await grantTo(outer.id, archive, "commenter");
    await grantTo(inner.id, gone);
    await trashCollection(owner, gone);
    await grantTo(inner.id, over, "viewer", new Date(Date.now() - 1000));
    const shown = async (actor: Person, groupId: string) =>
      (await listReach(actor, groupId, {})).items.map(({ collection, role, via, expiresAt }) => [
        collection.name,
        role,
        via?.id ?? null,
        expiresAt,
      ]);
    expect(await shown(admin, inner.id)).toEqual([
      ["archive", "commenter", outer.id, null],
      ["Letters", "editor", null, null],
      ["Letters", "viewer", outer.id, ends.toISOString()],
    ]);
    // a group reaches nothing through the groups nested in it
    expect((await shown(admin, outer.id)).map(([name]) => name)).toEqual(["archive", "Letters"]);
    expect(await shown(someone, inner.id)).toEqual([]);
    await addCollaborator(owner, archive, { email: someone.email, role: "viewer" });
    expect((await shown(someone, inner.id)).map(([name]) => name)).toEqual(["archive"]);
    expect(await outcome(listReach(await makePerson(), inner.id, {}))).toBe("forbidden:group");
  });

  it("comes in pages", async () => {
    const { admin, group } = await makeWorkspace();
    const { id } = await group();
    await asOwner(
      `WITH made AS (INSERT INTO collections (workspace_id, owner_id, name) SELECT $1, $2, 'Box ' || n % 7 FROM generate_series(1, 120) n RETURNING id)
       INSERT INTO permissions (group_id, collection_id, role_id) SELECT $3, made.id, r.id FROM made, roles r WHERE r.name = 'viewer' AND r.workspace_id IS NULL`,
      [admin.workspaceId, admin.id, id],
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listReach(admin, id, { cursor });
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toHaveLength(120);
    expect(new Set(seen).size).toBe(120);
  });
});

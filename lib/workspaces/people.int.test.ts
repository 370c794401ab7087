import { describe, expect, it } from "vitest";
import { asOwner, makePerson, missingId } from "#prisma/factories.ts";
import { authenticate, hashSecret, newSecret } from "#lib/auth/index.ts";
import { signedIn } from "#lib/accounts/test-support.ts";
import { createCollection, getCollection } from "#lib/collections/index.ts";
import { compareWithTruth } from "#lib/groups/test-support.ts";
import { addCollaborator, setVisibility } from "#lib/sharing/index.ts";
import { makeGroup } from "#lib/sharing/test-support.ts";
import {
  getRemoval,
  listOutsiders,
  listPeople,
  removeMember,
  renameWorkspace,
  updateMember,
} from "./index.ts";
import { address, auditOf, makeTwo, outcome, membershipOf } from "./test-support.ts";

async function makeMembers() {
  const admin = await makePerson({ role: "admin", name: "Anna" });
  const { workspaceId } = admin;
  const member = await makePerson({ workspaceId, name: "Marc" });
  const second = await makePerson({ workspaceId, role: "admin", name: "Zoe" });
  return { admin, member, second, workspaceId };
}

describe("the people of a workspace", () => {
  it("are listed by name for its members, and found by part of name or address", async () => {
    const { admin, member, second, workspaceId } = await makeMembers();
    const groupId = await makeGroup(workspaceId, { people: [member] });
    const guest = await makePerson({ role: "guest", workspaceId });
    const list = await listPeople(member, {});
    expect(list.abilities).toEqual({ canManage: false });
    expect(list.items.map(({ name, role, isYou, groupCount }) => [name, role, isYou, groupCount])).toEqual([
      ["Anna", "admin", false, 0],
      ["Marc", "member", true, 1],
      ["Zoe", "admin", false, 0],
    ]);
    expect((await listPeople(admin, {})).abilities).toEqual({ canManage: true });
    const found = async (q: string) => (await listPeople(admin, { q })).items.map(({ id }) => id);
    expect(await found("ANN")).toEqual([admin.id]);
    expect(await found(second.email.slice(0, 9))).toEqual([second.id]);
    expect(await found("%")).toEqual([]);
    const outside = (await listPeople(admin, { notInGroup: groupId })).items;
    expect(outside.map(({ id }) => id)).toEqual([admin.id, second.id]);
    expect((await listPeople(admin, { q: "m", notInGroup: groupId })).items).not.toContainEqual(
      expect.objectContaining({ id: member.id }),
    );
    expect(await outcome(listPeople(guest, {}))).toBe("forbidden:guest_action");
    expect((await listPeople(await makePerson(), {})).items).toHaveLength(1);
  });

  it("page through hundreds in order", async () => {
    const { admin, workspaceId } = await makeMembers();
    await asOwner(
      `INSERT INTO users (workspace_id, email, email_normalized, name, email_verified_at)
       SELECT $1, n || '-' || $2, n || '-' || $2, 'Person ' || lpad((n * 7 % 400)::text, 3, '0'), now() FROM generate_series(1, 400) n`,
      [workspaceId, address()],
    );
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listPeople(admin, { cursor });
      names.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(names).toHaveLength(403);
    expect(names).toEqual(names.toSorted());
  });

  it("have a workspace that its admins name", async () => {
    const { admin, member, workspaceId } = await makeMembers();
    expect(await renameWorkspace(admin, { name: "Berg & Klein" })).toEqual({
      id: workspaceId,
      name: "Berg & Klein",
    });
    expect(await outcome(renameWorkspace(member, { name: "Mine" }))).toBe("forbidden:workspace_admin");
    expect(await auditOf(workspaceId)).toEqual(["workspace.renamed"]);
  });
});

describe("roles", () => {
  it("are changed by admins, of their own people", async () => {
    const { admin, member, workspaceId } = await makeMembers();
    expect(await updateMember(admin, member.id, { role: "admin" })).toMatchObject({ role: "admin" });
    await updateMember(admin, member.id, { role: "admin" });
    expect(await updateMember(member, admin.id, { role: "member" })).toMatchObject({ role: "member" });
    expect(await outcome(updateMember(admin, member.id, { role: "member" }))).toBe(
      "forbidden:workspace_admin",
    );
    const [here, elsewhere] = await Promise.all([
      outcome(updateMember(member, missingId(), { role: "admin" })),
      outcome(updateMember(member, (await makePerson()).id, { role: "admin" })),
    ]);
    expect([here, elsewhere]).toEqual(["not_found:member", "not_found:member"]);
    const guest = await makePerson({ role: "guest", workspaceId });
    expect(await outcome(updateMember(member, guest.id, { role: "admin" }))).toBe("forbidden:guest_member");
    expect(await auditOf(workspaceId)).toEqual(["member.role_changed", "member.role_changed"]);
  });

  it("leave an admin, also when everybody steps down at once", async () => {
    for (let round = 0; round < 5; round++) {
      const { admin, second, workspaceId } = await makeMembers();
      const results = await Promise.all(
        [admin, second].map((person) => outcome(updateMember(person, person.id, { role: "member" }))),
      );
      expect(results.toSorted()).toEqual(["forbidden:last_admin", "ok"]);
      // two admins cannot take the role from each other
      const { admin: a, second: b } = await makeMembers();
      const mutual = await Promise.all([
        outcome(updateMember(a, b.id, { role: "member" })),
        outcome(updateMember(b, a.id, { role: "member" })),
      ]);
      expect(mutual.filter((result) => result === "ok")).toHaveLength(1);
      const [admins] = await asOwner<{ count: number }>(
        "SELECT count(*)::int FROM users WHERE workspace_id = $1 AND workspace_role = 'admin'",
        [workspaceId],
      );
      expect(admins!.count).toBe(1);
    }
  });
});

describe("suspending", () => {
  it("makes somebody nobody at once, session, token and access included, until they are back", async () => {
    const { actor, client } = await signedIn();
    const { workspace } = await membershipOf(actor);
    const admin = await makePerson({ role: "admin", workspaceId: workspace });
    const { id: open } = await createCollection(admin, { name: "Open", description: "" });
    await setVisibility(admin, open, { visibility: "workspace" });
    const { secret } = newSecret("sheaf_");
    await asOwner(
      "INSERT INTO tokens (user_id, kind, scope, hash, expires_at) VALUES ($1, 'access', 'admin', $2, now() + interval '1 day')",
      [actor.id, hashSecret(secret)],
    );
    const bearer = new Headers({ authorization: `Bearer ${secret}` });
    const kinds = async () =>
      Promise.all(
        [client.headers(), bearer].map(async (headers) => (await authenticate(headers)).actor.kind),
      );
    expect(await kinds()).toEqual(["user", "user"]);
    expect((await getCollection(actor, open)).name).toBe("Open");

    expect(await updateMember(admin, actor.id, { isSuspended: true })).toMatchObject({ isSuspended: true });
    expect(await kinds()).toEqual(["everyone", "everyone"]);
    expect(await outcome(getCollection(actor, open))).toBe("forbidden:collection");
    expect((await membershipOf(actor)).principals).toEqual([]);

    await updateMember(admin, actor.id, { isSuspended: false });
    // the session stays ended: they must sign in again
    expect(await kinds()).toEqual(["everyone", "user"]);
    expect((await getCollection(actor, open)).name).toBe("Open");
    expect(await compareWithTruth()).toMatchObject({ missing: [], extra: [] });
    const log = await auditOf(workspace);
    expect(log.filter((action) => action.startsWith("member."))).toEqual([
      "member.suspended",
      "member.reactivated",
    ]);
  });

  it("is refused for oneself and for who runs the instance, and of two who suspend each other one stays", async () => {
    const { admin, member, workspaceId } = await makeMembers();
    expect(await outcome(updateMember(admin, admin.id, { isSuspended: true }))).toBe(
      "forbidden:suspend_self",
    );
    expect(await outcome(updateMember(member, admin.id, { isSuspended: true }))).toBe(
      "forbidden:workspace_admin",
    );
    const operator = await makePerson({ workspaceId, isSystemAdmin: true });
    expect(await outcome(updateMember(admin, operator.id, { isSuspended: true }))).toBe(
      "forbidden:system_admin_member",
    );
    for (let round = 0; round < 5; round++) {
      const { admin: a, second: b } = await makeMembers();
      const results = await Promise.all([
        outcome(updateMember(a, b.id, { isSuspended: true })),
        outcome(updateMember(b, a.id, { isSuspended: true })),
      ]);
      expect(results.toSorted()).toEqual(["forbidden:workspace_admin", "ok"]);
    }
  });
});

describe("leaving", () => {
  it("takes groups, the workspace and grants here, and leaves a workspace of one's own", async () => {
    const { admin, member, workspaceId } = await makeMembers();
    const { id: direct } = await createCollection(admin, { name: "Direct", description: "" });
    await addCollaborator(admin, direct, { email: member.email, role: "editor" });
    const { id: open } = await createCollection(admin, { name: "Open", description: "" });
    await setVisibility(admin, open, { visibility: "workspace" });
    const elsewhere = await makePerson();
    const { id: foreign } = await createCollection(elsewhere, { name: "Elsewhere", description: "" });
    await addCollaborator(elsewhere, foreign, { email: member.email, role: "viewer" });
    const group = await makeGroup(workspaceId, { people: [member] });

    expect(await getRemoval(admin, member.id)).toEqual({
      collections: 0,
      trashedCollections: 0,
      documents: 0,
      groups: 1,
      grants: 1,
      obstacle: null,
    });
    await removeMember(admin, member.id);
    const membership = await membershipOf(member);
    expect(membership).toMatchObject({ role: "admin" });
    expect(membership.workspace).not.toBe(workspaceId);
    for (const gone of [workspaceId, group]) expect(membership.principals).not.toContain(gone);
    for (const id of [direct, open])
      expect(await outcome(getCollection(member, id))).toBe("forbidden:collection");
    expect((await getCollection(member, foreign)).name).toBe("Elsewhere");
    expect(await compareWithTruth()).toMatchObject({ missing: [], extra: [] });
    const log = await auditOf(workspaceId);
    expect(log.slice(-2).toSorted()).toEqual(["member.removed", "permission.revoked"]);
    expect((await listPeople(admin, {})).items.map(({ id }) => id)).not.toContain(member.id);
  });

  it("is one's own choice too, and nobody else's", async () => {
    const { admin, member, second, workspaceId } = await makeMembers();
    expect(await outcome(removeMember(member, admin.id))).toBe("forbidden:workspace_admin");
    expect(await outcome(getRemoval(member, admin.id))).toBe("not_found:member");
    expect((await getRemoval(member, member.id)).obstacle).toBeNull();
    await removeMember(member, member.id);
    expect((await auditOf(workspaceId)).at(-1)).toBe("member.left");
    const elsewhere = await makePerson();
    for (const id of [elsewhere.id, missingId(), member.id])
      expect(await outcome(removeMember(admin, id))).toBe("not_found:member");
    await removeMember(second, second.id);
    expect(await outcome(removeMember(admin, admin.id))).toBe("conflict:alone");
  });

  it("waits until one owns nothing here, also in the trash and under one's hands", async () => {
    const { admin, member } = await makeMembers();
    const { id } = await createCollection(member, { name: "Mine", description: "" });
    expect(await getRemoval(admin, member.id)).toMatchObject({
      collections: 1,
      obstacle: "owns_collections",
    });
    expect(await outcome(removeMember(admin, member.id))).toBe("conflict:owns_collections");
    await asOwner("UPDATE collections SET deleted_at = now() WHERE id = $1", [id]);
    expect(await getRemoval(admin, member.id)).toMatchObject({
      trashedCollections: 1,
      obstacle: "owns_collections",
    });
    for (let round = 0; round < 5; round++) {
      const { admin: boss, member: person } = await makeMembers();
      const [removed] = await Promise.all([
        outcome(removeMember(boss, person.id)),
        ...Array.from({ length: 3 }, () =>
          outcome(createCollection(person, { name: "New", description: "" })),
        ),
      ]);
      const { workspace } = await membershipOf(person);
      expect(workspace === boss.workspaceId).toBe(removed !== "ok");
      const rows = await asOwner("SELECT DISTINCT workspace_id FROM collections WHERE owner_id = $1", [
        person.id,
      ]);
      expect(rows).toEqual([{ workspace_id: workspace }]);
    }
  });

  it("keeps an admin when the last two leave at once", async () => {
    for (let round = 0; round < 5; round++) {
      const { admin, second } = await makeMembers();
      const results = await Promise.all(
        [admin, second].map((person) => outcome(removeMember(person, person.id))),
      );
      expect(results.toSorted()).toEqual(["forbidden:last_admin", "ok"]);
    }
  });
});

describe("people from outside", () => {
  it("are shown to admins with what they reach, and without saying who has an account", async () => {
    const { admin, member, workspaceId } = await makeMembers();
    const { other } = await makeTwo();
    const [quiet, unknown] = [await makePerson(), address()];
    const { id } = await createCollection(member, { name: "Letters", description: "" });
    for (const email of [other.email, quiet.email, unknown])
      await addCollaborator(member, id, { email, role: "viewer" });
    await getCollection(other, id);
    const guest = await makePerson({ role: "guest", workspaceId });
    await addCollaborator(member, id, { email: guest.email, role: "commenter" });

    const items = (await listOutsiders(admin, {})).items;
    const of = (email: string) => items.find((item) => item.email === email)!;
    expect(items).toHaveLength(4);
    const reaches = [{ collection: { id, name: "Letters" }, document: null, role: "viewer" }];
    expect(of(other.email)).toMatchObject({ name: other.name, userId: other.id, reachCount: 1, reaches });
    expect(of(guest.email)).toMatchObject({ name: guest.name, userId: guest.id });
    // an account that has not opened it and an address without an account differ in the address alone
    const shape = ({ id: _, email: __, ...rest }: (typeof items)[number]) => rest;
    expect(shape(of(quiet.email))).toEqual(shape(of(unknown)));
    expect((await listOutsiders(admin, { q: other.name.toUpperCase() })).items).toHaveLength(1);
    // names of unknown people cannot be searched
    expect((await listOutsiders(admin, { q: quiet.name })).items).toHaveLength(0);
    expect(await outcome(listOutsiders(member, {}))).toBe("forbidden:workspace_admin");
    expect((await listOutsiders(other, {})).items).toEqual([]);
  });

  it("are listed by the address that was given until they have opened something", async () => {
    const { admin, member } = await makeMembers();
    const [known, hidden] = [await makePerson(), await makePerson()];
    const { id } = await createCollection(member, { name: "Letters", description: "" });
    const given = [known, hidden].map(({ email }) => email.replace(/^./, (letter) => letter.toUpperCase()));
    for (const email of given) await addCollaborator(member, id, { email, role: "viewer" });
    await getCollection(known, id);
    const shown = async () => (await listOutsiders(admin, {})).items.map(({ email }) => email).toSorted();
    expect(await shown()).toEqual([known.email, given[1]].toSorted());
    const moved = address();
    await asOwner("UPDATE users SET email = $2, email_normalized = $2 WHERE id = $1", [hidden.id, moved]);
    expect(await shown()).toEqual([known.email, given[1]].toSorted());
    expect((await listOutsiders(admin, { q: moved })).items).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { asOwner, makePerson, missingId } from "#prisma/factories.ts";
import { createCollection } from "#lib/collections/index.ts";
import { changeGrant, check, grant, listGrants, revoke } from "#lib/sharing/index.ts";
import { address, makeRole, outcome, tally } from "#lib/sharing/test-support.ts";
import { createRole, deleteRole, listRoles, updateRole } from "./index.ts";
import { type CreateRoleInput } from "./schema.ts";

async function makeMembers() {
  const admin = await makePerson({ role: "admin" });
  const member = await makePerson({ workspaceId: admin.workspaceId });
  const { id } = await createCollection(admin, { name: "Plans", description: "" });
  return { admin, member, collection: { type: "collection", id } as const };
}
const reviewer: CreateRoleInput = {
  name: "Reviewer",
  description: "Reads and comments",
  permissions: ["view_documents", "add_comments"],
};

describe("custom roles", () => {
  it("are made, changed and deleted by workspace admins, and seen by members of that workspace alone", async () => {
    const { admin, member } = await makeMembers();
    const stranger = await makePerson({ role: "admin" });
    const made = await createRole(admin, reviewer);
    expect(made).toEqual({ id: made.id, isBuiltIn: false, useCount: 0, ...reviewer });
    const seen = (await listRoles(member)).items;
    expect(seen.map(({ name }) => name)).toEqual(["owner", "editor", "commenter", "viewer", "Reviewer"]);
    expect(seen.at(-1)!.useCount).toBeNull();
    expect((await listRoles(stranger)).items).toHaveLength(4);
    expect(await outcome(createRole(member, { ...reviewer, name: "Mine" }))).toBe(
      "forbidden:workspace_admin",
    );
    expect(await outcome(updateRole(member, made.id, { name: "Mine" }))).toBe("forbidden:workspace_admin");
    expect(await outcome(deleteRole(member, made.id, undefined))).toBe("forbidden:workspace_admin");
    for (const id of [made.id, missingId()]) {
      expect(await outcome(updateRole(stranger, id, { name: "Mine" }))).toBe("not_found:role");
      expect(await outcome(deleteRole(stranger, id, undefined))).toBe("not_found:role");
    }
    const ownerRole = (await listRoles(admin)).items[0]!.id;
    expect(await outcome(updateRole(admin, ownerRole, { permissions: ["view_documents"] }))).toBe(
      "not_found:role",
    );
    expect(await outcome(deleteRole(admin, ownerRole, undefined))).toBe("not_found:role");
    const changed = await updateRole(admin, made.id, {
      name: "Critic",
      description: "",
      permissions: ["view_documents"],
    });
    expect(changed).toMatchObject({ name: "Critic", description: "", permissions: ["view_documents"] });
    expect(await deleteRole(admin, made.id, undefined)).toEqual({ moved: 0 });
    expect((await listRoles(admin)).items).toHaveLength(4);
    const log = await asOwner<{ action: string }>(
      "SELECT action FROM audit_events WHERE resource_id = $1 ORDER BY id",
      [made.id],
    );
    expect(log.map(({ action }) => action)).toEqual(["role.created", "role.changed", "role.deleted"]);
  });

  it("can always view, whether that was picked or not", async () => {
    const { admin } = await makeMembers();
    const made = await createRole(admin, { ...reviewer, permissions: ["edit_documents"] });
    expect(made.permissions).toEqual(["view_documents", "edit_documents"]);
    const changed = await updateRole(admin, made.id, { permissions: ["run_jobs"] });
    expect(changed.permissions).toEqual(["view_documents", "run_jobs"]);
  });

  it("have names of their own, whatever the case, also against built-in ones; a deleted one's is free again", async () => {
    const { admin } = await makeMembers();
    const first = await createRole(admin, reviewer);
    for (const name of ["REVIEWER", "Owner"])
      expect(await outcome(createRole(admin, { ...reviewer, name }))).toBe("conflict:role_name");
    const other = await createRole(admin, { ...reviewer, name: "Other" });
    for (const name of [
      "owner\u200b",
      "ow\u200dner",
      "ｏｗｎｅｒ",
      "Ｅｄｉｔｏｒ",
      "vıewer",
      "COMMENTER\ufe0f",
    ]) {
      expect(await outcome(createRole(admin, { ...reviewer, name }))).toBe("conflict:role_name");
      expect(await outcome(updateRole(admin, other.id, { name }))).toBe("conflict:role_name");
    }
    expect(await outcome(updateRole(admin, other.id, { name: "reviewer" }))).toBe("conflict:role_name");
    expect(await outcome(updateRole(admin, first.id, { name: "reviewer" }))).toBe("ok");
    await deleteRole(admin, first.id, undefined);
    expect(await outcome(createRole(admin, reviewer))).toBe("ok");
  });

  it("are ten at most, however many are made at once", async () => {
    const { admin } = await makeMembers();
    const second = await makePerson({ role: "admin", workspaceId: admin.workspaceId });
    const made = await tally(
      Array.from({ length: 24 }, (_, index) =>
        createRole(index % 2 ? admin : second, { ...reviewer, name: `Role ${index}` }),
      ),
    );
    expect(made).toEqual({ ok: 10, "quota_exceeded:": 14 });
    const error = await createRole(admin, reviewer).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      status: 403,
      details: { resource: "customRoles", used: 10, limit: 10, requested: 1 },
    });
  });
});

describe("a role in use", () => {
  it("changes what its people may do from the next statement on", async () => {
    const { admin, member, collection } = await makeMembers();
    const role = await createRole(admin, reviewer);
    await grant(admin, collection, { email: member.email, roleId: role.id });
    expect(await check(member, "edit_documents", collection)).toBe(false);
    await updateRole(admin, role.id, { permissions: ["view_documents", "edit_documents"] });
    expect(await check(member, "edit_documents", collection)).toBe(true);
    await updateRole(admin, role.id, { permissions: ["view_documents"] });
    expect(await check(member, "edit_documents", collection)).toBe(false);
  });

  it("is deleted only by moving its grants and invitations", async () => {
    const { admin, member, collection } = await makeMembers();
    const role = await createRole(admin, reviewer);
    await grant(admin, collection, { email: member.email, roleId: role.id });
    await grant(admin, collection, { email: address(), roleId: role.id });
    expect((await listRoles(admin)).items.at(-1)!.useCount).toBe(2);
    expect(await outcome(deleteRole(admin, role.id, undefined))).toBe("conflict:role_in_use");
    const elsewhere = await makeRole((await makePerson()).workspaceId, 1);
    for (const wrong of [role.id, missingId(), elsewhere])
      expect(await outcome(deleteRole(admin, role.id, wrong))).toBe("not_found:role");
    const [, editor] = (await listRoles(admin)).items;
    expect(await deleteRole(admin, role.id, editor!.id)).toEqual({ moved: 2 });
    const { items } = await listGrants(admin, collection);
    expect(items.map((item) => item.role)).toEqual(["owner", "editor", "editor"]);
    expect(await check(member, "edit_documents", collection)).toBe(true);
  });

  it("never leaves a grant behind that is not its mask, whatever happens at the same time", async () => {
    const { admin, collection } = await makeMembers();
    const role = await createRole(admin, reviewer);
    const people = await Promise.all(
      Array.from({ length: 12 }, () => makePerson({ workspaceId: admin.workspaceId })),
    );
    const masks = [
      ["view_documents"],
      ["view_documents", "edit_documents"],
      ["view_documents", "run_jobs"],
    ] as const;
    const settled = await tally([
      ...people.map((person) => grant(admin, collection, { email: person.email, roleId: role.id })),
      ...masks.map((permissions) => updateRole(admin, role.id, { permissions: [...permissions] })),
      ...people
        .slice(0, 6)
        .map((person) => grant(admin, collection, { email: person.email, role: "viewer" })),
    ]);
    expect(settled).toEqual({ ok: 21 });
    const stale = await asOwner(
      "SELECT FROM permissions p JOIN roles r ON r.id = p.role_id WHERE p.collection_id = $1 AND p.mask <> r.mask",
      [collection.id],
    );
    expect(stale).toHaveLength(0);
  });

  it("is either given before it is deleted, and moved, or refused", async () => {
    const { admin, collection } = await makeMembers();
    for (let round = 0; round < 6; round++) {
      const role = await createRole(admin, { ...reviewer, name: `Round ${round}` });
      const [, , , viewer] = (await listRoles(admin)).items;
      const person = await makePerson({ workspaceId: admin.workspaceId });
      const [given, deleted] = await Promise.all([
        outcome(grant(admin, collection, { email: person.email, roleId: role.id })),
        outcome(deleteRole(admin, role.id, viewer!.id)),
      ]);
      expect(deleted).toBe("ok");
      expect(["ok", "not_found:role"]).toContain(given);
      const left = (await listGrants(admin, collection)).items.find(({ userId }) => userId === person.id);
      expect(left?.role).toBe(given === "ok" ? "viewer" : undefined);
      if (left) await revoke(admin, collection, left.id);
    }
  });

  it("is not given in another workspace, nor by somebody of another workspace", async () => {
    const { admin, member, collection } = await makeMembers();
    const role = await createRole(admin, reviewer);
    const other = await makeMembers();
    expect(
      await outcome(grant(other.admin, other.collection, { email: member.email, roleId: role.id })),
    ).toBe("not_found:role");
    const coOwner = other.admin;
    await grant(admin, collection, { email: coOwner.email, role: "owner" });
    expect(await outcome(grant(coOwner, collection, { email: address(), roleId: role.id }))).toBe(
      "not_found:role",
    );
    const theirs = await createRole(other.admin, reviewer);
    expect(await outcome(grant(coOwner, collection, { email: address(), roleId: theirs.id }))).toBe(
      "not_found:role",
    );
    const given = await grant(admin, collection, { email: member.email, roleId: role.id });
    const soon = new Date(Date.now() + 60_000).toISOString();
    expect(await changeGrant(coOwner, collection, given.id, { expiresAt: soon })).toMatchObject({
      role: "Reviewer",
      roleId: role.id,
      expiresAt: soon,
    });
  });
});

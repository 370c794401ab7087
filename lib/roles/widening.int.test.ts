import { describe, expect, it } from "vitest";
import { asOwner, makePerson } from "#prisma/factories.ts";
import { type Permission } from "#lib/authz/permissions.ts";
import { createCollection } from "#lib/collections/index.ts";
import { type AppError } from "#lib/errors/index.ts";
import {
  changeGrant,
  check,
  effectivePermissions,
  grant,
  revoke,
  setAccessMode,
} from "#lib/sharing/index.ts";
import { address, makeDocumentRow, outcome, putGrant } from "#lib/sharing/test-support.ts";
import { createRole, deleteRole, listRoles, updateRole } from "./index.ts";

const refused = "forbidden:role_beyond_own";
const everything: Permission[] = ["view_documents", "edit_documents", "manage_permissions"];
const soon = () => new Date(Date.now() + 3_600_000);

/** A workspace admin, and a custom role to be given on somebody else's collection. */
async function makeRoleInUse() {
  const admin = await makePerson({ role: "admin" });
  const owner = await makePerson({ workspaceId: admin.workspaceId });
  const { id } = await createCollection(owner, { name: "Plans", description: "" });
  const role = await createRole(admin, {
    name: "View only",
    description: "",
    permissions: ["view_documents"],
  });
  return { admin, owner, role, collection: { type: "collection", id } as const };
}

describe("a role in use", () => {
  it("is not widened to what its editor could not give there", async () => {
    const { admin, owner, role, collection } = await makeRoleInUse();
    await grant(owner, collection, { email: admin.email, roleId: role.id });
    expect(await outcome(updateRole(admin, role.id, { permissions: everything }))).toBe(refused);
    expect(await effectivePermissions(admin, collection)).toEqual(["view_documents"]);
    // neither when somebody else has the role, nor by moving its grants to a stronger role
    const other = await makePerson(admin);
    await changeGrant(
      owner,
      collection,
      (await grant(owner, collection, { email: admin.email, role: "viewer" })).id,
      {
        role: "viewer",
      },
    );
    await grant(owner, collection, { email: other.email, roleId: role.id });
    expect(await outcome(updateRole(admin, role.id, { permissions: everything }))).toBe(refused);
    for (const wider of (await listRoles(admin)).items.filter(({ name }) =>
      ["owner", "editor"].includes(name),
    ))
      expect(await outcome(deleteRole(admin, role.id, wider.id))).toBe("forbidden:role_move_beyond_own");
    expect(await effectivePermissions(other, collection)).toEqual(["view_documents"]);
    expect(await outcome(updateRole(admin, role.id, { name: "Readers", description: "Read" }))).toBe("ok");
  });

  it("counts resources, not people, and tells nothing else about them", async () => {
    const { admin, owner, role, collection } = await makeRoleInUse();
    const more = await createCollection(owner, { name: "More", description: "" });
    for (const resource of [collection, { type: "collection", id: more.id } as const])
      for (let person = 0; person < 2; person++)
        await grant(owner, resource, { email: address(), roleId: role.id });
    const error = (await updateRole(admin, role.id, { permissions: everything }).catch(
      (thrown) => thrown,
    )) as AppError;
    expect(error).toMatchObject({ status: 403, reason: "role_beyond_own", details: { places: 2 } });
  });

  it("is widened by who has all of it there and shares there, and narrowed by every admin", async () => {
    const { admin, owner, role, collection } = await makeRoleInUse();
    const reader = await makePerson(admin);
    await grant(owner, collection, { email: reader.email, roleId: role.id });
    const own = await grant(owner, collection, { email: admin.email, role: "editor" });
    // an editor shares nothing
    expect(await outcome(updateRole(admin, role.id, { permissions: ["edit_documents"] }))).toBe(refused);
    await changeGrant(owner, collection, own.id, { role: "owner" });
    expect(await outcome(updateRole(admin, role.id, { permissions: everything }))).toBe("ok");
    expect(await check(reader, "manage_permissions", collection)).toBe(true);
    await revoke(owner, collection, own.id);
    expect(await outcome(updateRole(admin, role.id, { permissions: ["view_documents"] }))).toBe("ok");
    expect(await check(reader, "edit_documents", collection)).toBe(false);
    expect(await outcome(updateRole(admin, role.id, { permissions: everything }))).toBe(refused);
  });

  it("waits in invitations, on documents, in private ones and in the trash, too", async () => {
    const { admin, owner, role, collection } = await makeRoleInUse();
    const invited = await grant(owner, collection, { email: address(), roleId: role.id });
    expect(await outcome(updateRole(admin, role.id, { permissions: everything }))).toBe(refused);
    await revoke(owner, collection, invited.id);
    const document = { type: "document", id: await makeDocumentRow(owner.id, collection.id) } as const;
    await grant(owner, document, { email: address(), roleId: role.id });
    expect(await outcome(updateRole(admin, role.id, { permissions: everything }))).toBe(refused);
    await grant(owner, collection, { email: admin.email, role: "owner" });
    await setAccessMode(owner, document.id, "private");
    expect(await outcome(updateRole(admin, role.id, { permissions: everything }))).toBe(refused);
    await setAccessMode(owner, document.id, "collection");
    await asOwner("UPDATE documents SET deleted_at = now() WHERE id = $1", [document.id]);
    expect(await outcome(updateRole(admin, role.id, { permissions: everything }))).toBe("ok");
    await asOwner("UPDATE permissions SET deleted_at = now() WHERE collection_id = $1 AND user_id = $2", [
      collection.id,
      admin.id,
    ]);
    expect(await outcome(updateRole(admin, role.id, { permissions: [...everything, "run_jobs"] }))).toBe(
      refused,
    );
  });

  it("is not widened for longer than its editor has it; what has expired does not count, and stays ended", async () => {
    const { admin, owner, role, collection } = await makeRoleInUse();
    const reader = await makePerson(admin);
    const { id } = await grant(owner, collection, { email: reader.email, roleId: role.id });
    const own = await grant(owner, collection, {
      email: admin.email,
      role: "owner",
      expiresAt: soon().toISOString(),
    });
    expect(await outcome(updateRole(admin, role.id, { permissions: everything }))).toBe(refused);
    await changeGrant(owner, collection, id, {
      expiresAt: new Date(soon().getTime() - 60_000).toISOString(),
    });
    expect(await outcome(updateRole(admin, role.id, { permissions: everything }))).toBe("ok");
    await updateRole(admin, role.id, { permissions: ["view_documents"] });
    await revoke(owner, collection, own.id);
    await asOwner("UPDATE permissions SET expires_at = now() - interval '1 minute' WHERE id = $1", [id]);
    expect(await outcome(updateRole(admin, role.id, { permissions: everything }))).toBe("ok");
    expect(await outcome(changeGrant(owner, collection, id, { expiresAt: soon().toISOString() }))).toBe(
      "not_found:collaborator",
    );
    expect(await effectivePermissions(reader, collection).catch((error: AppError) => error.reason)).toBe(
      "collection",
    );
  });
});

describe("widening and giving at the same time", () => {
  it("never leaves anybody more than one of the two could give", async () => {
    for (let round = 0; round < 12; round++) {
      const { admin, owner, role, collection } = await makeRoleInUse();
      const sharer = await createRole(admin, {
        name: "Sharer",
        description: "",
        permissions: ["manage_permissions"],
      });
      const giver = await makePerson(admin);
      await grant(owner, collection, { email: giver.email, roleId: sharer.id });
      const reader = await makePerson(admin);
      const [widened, given] = await Promise.all([
        outcome(updateRole(admin, role.id, { permissions: everything })),
        outcome(grant(giver, collection, { email: reader.email, roleId: role.id })),
      ]);
      // either the role was widened first, and the giver may not give it any more, or it was given first
      expect([`ok ${"forbidden:above_own_rights"}`, `${refused} ok`]).toContain(`${widened} ${given}`);
      const has = await effectivePermissions(reader, collection).catch(() => []);
      expect(has).toEqual(given === "ok" ? ["view_documents"] : []);
    }
  });

  it("waits for an end that is just being moved", async () => {
    for (let round = 0; round < 8; round++) {
      const { admin, owner, role, collection } = await makeRoleInUse();
      const reader = await makePerson(admin);
      const ends = new Date(Date.now() + 25);
      const id = await putGrant({
        userId: reader.id,
        collectionId: collection.id,
        roleId: role.id,
        expiresAt: ends,
      });
      const moved = outcome(changeGrant(owner, collection, id, { expiresAt: soon().toISOString() }));
      const widened = (async () => {
        let answer: string;
        // repeated until the grant has ended, or was found
        do answer = await outcome(updateRole(admin, role.id, { permissions: everything }));
        while (answer !== "ok" && Date.now() < ends.getTime() + 50);
        return answer;
      })();
      const outcomes = [await moved, await widened];
      const has = await effectivePermissions(reader, collection).catch(() => []);
      if (outcomes[0] === "ok") expect([outcomes[1], has]).toEqual([refused, ["view_documents"]]);
      else expect(has).toEqual([]);
    }
  });
});

import { describe, expect, it } from "vitest";
import { asOwner, makePerson, missingId } from "#prisma/factories.ts";
import { origin, registered } from "#lib/accounts/test-support.ts";
import { register } from "#lib/accounts/index.ts";
import { createCollection, getCollection, listCollections } from "#lib/collections/index.ts";
import { compareWithTruth } from "#lib/groups/test-support.ts";
import { addCollaborator, grant, setVisibility } from "#lib/sharing/index.ts";
import { makeGroup, makeRole } from "#lib/sharing/test-support.ts";
import {
  acceptOffer,
  declineOffer,
  listInvitations,
  listOffers,
  renewInvitation,
  revokeInvitation,
} from "./index.ts";
import { address, auditOf, invite, makeTwo, outcome, membershipOf } from "./test-support.ts";

const idOf = async (email: string) =>
  (await asOwner<{ id: string }>("SELECT id FROM users WHERE email = $1", [email]))[0]!;

describe("signing up with an invited address", () => {
  it("is in the workspace from the start", async () => {
    const { admin } = await makeTwo();
    const email = address();
    await invite(admin, email, "admin");
    await registered({ email: email.toUpperCase() });
    const person = await idOf(email.toUpperCase());
    expect(await membershipOf(person)).toMatchObject({ workspace: admin.workspaceId, role: "admin" });
    expect((await membershipOf(person)).principals).toContain(admin.workspaceId);
    expect(await auditOf(admin.workspaceId)).toEqual(["member.invited", "member.joined"]);
    expect((await listInvitations(admin, {})).items).toEqual([]);
    // the workspace they had for a moment is deleted
    const [left] = await asOwner<{ count: number }>(
      "SELECT count(*)::int FROM workspaces w WHERE NOT EXISTS (SELECT FROM users WHERE workspace_id = w.id) AND w.name LIKE 'Ada%'",
    );
    expect(left!.count).toBe(0);
  });

  it("chooses between two workspaces later", async () => {
    const { admin, other } = await makeTwo();
    const email = address();
    await Promise.all([invite(admin, email), invite(other, email)]);
    await registered({ email });
    const { id } = await idOf(email);
    const person = { kind: "user", id } as const;
    const { workspace } = await membershipOf(person);
    expect([admin.workspaceId, other.workspaceId]).not.toContain(workspace);
    const offers = (await listOffers(person)).items;
    expect(offers.map(({ workspaceName }) => workspaceName).toSorted()).toEqual(
      [admin.name, other.name].toSorted(),
    );
  });

  it("has a workspace of their own when the invitation has ended", async () => {
    const { admin } = await makeTwo();
    for (const end of ["expires_at = now() - interval '1 s'", "deleted_at = now()", "declined_at = now()"]) {
      const email = address();
      const id = await invite(admin, email);
      await asOwner(`UPDATE workspace_invitations SET ${end} WHERE id = $1`, [id]);
      await registered({ email });
      expect((await membershipOf(await idOf(email))).workspace).not.toBe(admin.workspaceId);
    }
  });

  it("races taking the invitation back: joined or not, and nothing between", async () => {
    for (let round = 0; round < 6; round++) {
      const { admin } = await makeTwo();
      const email = address();
      const id = await invite(admin, email);
      const person = { email, name: "Ada", password: "a long enough password" };
      const [revoked] = await Promise.all([outcome(revokeInvitation(admin, id)), register(person, origin())]);
      const { workspace } = await membershipOf(await idOf(email));
      expect(workspace === admin.workspaceId).toBe(revoked !== "ok");
    }
  });
});

describe("joining with an account", () => {
  it("takes the collections along and ends the old workspace", async () => {
    const { admin, other } = await makeTwo();
    const colleague = await makePerson({ workspaceId: admin.workspaceId });
    const { id: open } = await createCollection(other, { name: "Open", description: "" });
    await setVisibility(other, open, { visibility: "workspace" });
    const { id: shared } = await createCollection(other, { name: "Shared", description: "" });
    const group = await makeGroup(other.workspaceId, { people: [other] });
    await grant(other, { type: "collection", id: shared }, { groupId: group, role: "editor" });
    await addCollaborator(other, shared, { email: colleague.email, role: "viewer" });

    const id = await invite(admin, other.email);
    expect((await listOffers(other)).items).toMatchObject([
      {
        id,
        workspaceName: admin.name,
        inviterName: admin.name,
        collections: 2,
        openCollections: 1,
        obstacle: null,
      },
    ]);
    await acceptOffer(other, id);

    const membership = await membershipOf(other);
    expect(membership).toMatchObject({ workspace: admin.workspaceId, role: "member" });
    expect(membership.principals).not.toContain(other.workspaceId);
    expect(membership.principals).not.toContain(group);
    expect(await compareWithTruth()).toMatchObject({ missing: [], extra: [] });
    expect((await listCollections(other, { scope: "owned" })).items).toHaveLength(2);
    // grants stay; a collection open to the old workspace is not open to the new one
    expect((await getCollection(colleague, shared)).name).toBe("Shared");
    expect(await outcome(getCollection(colleague, open))).toBe("forbidden:collection");
    expect(await getCollection(other, open)).toMatchObject({ visibility: "private" });
    const [old] = await asOwner<{ count: number }>("SELECT count(*)::int FROM workspaces WHERE id = $1", [
      other.workspaceId,
    ]);
    expect(old!.count).toBe(0);
    expect(await auditOf(admin.workspaceId)).toEqual([
      "member.invited",
      "member.joined",
      "collection.moved",
      "collection.moved",
      "permission.revoked",
    ]);
    // again changes nothing
    await acceptOffer(other, id);
    expect(await membershipOf(other)).toEqual(membership);
    expect((await listOffers(other)).items).toEqual([]);
  });

  it("is refused while others are there, or have a role of that workspace", async () => {
    const { admin, other } = await makeTwo();
    const id = await invite(admin, other.email);
    const { id: collection } = await createCollection(other, { name: "Mine", description: "" });
    const roleId = await makeRole(other.workspaceId, 1);
    await grant(other, { type: "collection", id: collection }, { email: admin.email, roleId });
    expect((await listOffers(other)).items[0]!.obstacle).toBe("own_roles_in_use");
    expect(await outcome(acceptOffer(other, id))).toBe("conflict:own_roles_in_use");
    const third = await makePerson({ workspaceId: other.workspaceId });
    expect(await outcome(acceptOffer(other, id))).toBe("conflict:not_alone");
    await asOwner("UPDATE users SET workspace_id = $2 WHERE id = $1", [third.id, admin.workspaceId]);
    // an ended grant keeps its role, which is deleted with the move
    await asOwner("UPDATE permissions SET deleted_at = now() WHERE role_id = $1", [roleId]);
    expect(await outcome(acceptOffer(other, id))).toBe("ok");
    expect(
      await asOwner("SELECT workspace_id, deleted_at IS NULL AS live FROM roles WHERE id = $1", [roleId]),
    ).toEqual([{ workspace_id: admin.workspaceId, live: false }]);
  });

  it("is for the invited, proven address alone", async () => {
    const { admin, other } = await makeTwo();
    const stranger = await makePerson();
    const id = await invite(admin, other.email);
    const unproven = await makePerson({ isVerified: false });
    const theirs = await invite(admin, unproven.email);
    for (const verb of [acceptOffer, declineOffer]) {
      for (const [person, wanted] of [
        [stranger, id],
        [unproven, theirs],
        [stranger, missingId()],
      ] as const)
        expect(await outcome(verb(person, wanted))).toBe("not_found:workspace_invitation");
    }
    expect((await listOffers(unproven)).items).toEqual([]);
    expect((await listOffers(stranger)).items).toEqual([]);
    await asOwner("UPDATE users SET is_external = true, workspace_role = 'guest' WHERE id = $1", [other.id]);
    expect(await outcome(acceptOffer(other, id))).toBe("conflict:guest_action");
  });

  it("ends with declining, and the admins see that", async () => {
    const { admin, other } = await makeTwo();
    const id = await invite(admin, other.email);
    await declineOffer(other, id);
    expect(await outcome(declineOffer(other, id))).toBe("not_found:workspace_invitation");
    expect(await outcome(acceptOffer(other, id))).toBe("not_found:workspace_invitation");
    expect((await listInvitations(admin, {})).items).toMatchObject([{ id, state: "declined" }]);
    expect(await auditOf(admin.workspaceId)).toEqual(["member.invited", "member.invitation_declined"]);
    // somebody may ask again
    expect(await invite(admin, other.email)).not.toBe(id);
  });

  it("is not declined once it has ended: the admins can still renew it", async () => {
    const { admin, other } = await makeTwo();
    const id = await invite(admin, other.email);
    await asOwner("UPDATE workspace_invitations SET expires_at = now() - interval '1 s' WHERE id = $1", [id]);
    expect(await outcome(declineOffer(other, id))).toBe("not_found:workspace_invitation");
    expect((await listInvitations(admin, {})).items).toMatchObject([{ id, state: "expired" }]);
    await renewInvitation(admin, id);
    await declineOffer(other, id);
    expect((await listInvitations(admin, {})).items).toMatchObject([{ id, state: "declined" }]);
  });
});

describe("races", () => {
  it("of two accepts: one joins, both are told so", async () => {
    const { admin, other } = await makeTwo();
    const id = await invite(admin, other.email);
    const results = await Promise.all(Array.from({ length: 6 }, () => outcome(acceptOffer(other, id))));
    expect(new Set(results)).toEqual(new Set(["ok"]));
    expect((await auditOf(admin.workspaceId)).filter((action) => action === "member.joined")).toHaveLength(1);
  });

  it("of two workspaces: one of them has the person", async () => {
    for (let round = 0; round < 5; round++) {
      const { admin, other } = await makeTwo();
      const person = await makePerson({ role: "admin" });
      await createCollection(person, { name: "Mine", description: "" });
      const offers = await Promise.all([invite(admin, person.email), invite(other, person.email)]);
      const results = await Promise.all(offers.map((id) => outcome(acceptOffer(person, id))));
      // by then the second shares a workspace with others
      expect(results.toSorted()).toEqual(["conflict:not_alone", "ok"]);
      const { workspace } = await membershipOf(person);
      expect(workspace).toBe(results[0] === "ok" ? admin.workspaceId : other.workspaceId);
      const rows = await asOwner("SELECT DISTINCT workspace_id FROM collections WHERE owner_id = $1", [
        person.id,
      ]);
      expect(rows).toEqual([{ workspace_id: workspace }]);
    }
  });

  it("of accepting with taking back and with the end: never both", async () => {
    for (let round = 0; round < 6; round++) {
      const { admin, other } = await makeTwo();
      const id = await invite(admin, other.email);
      const [accepted, revoked] = await Promise.all([
        outcome(acceptOffer(other, id)),
        outcome(revokeInvitation(admin, id)),
      ]);
      expect([accepted, revoked].filter((result) => result === "ok")).toHaveLength(1);
      expect((await membershipOf(other)).workspace === admin.workspaceId).toBe(accepted === "ok");
    }
    const { admin, other } = await makeTwo();
    const id = await invite(admin, other.email);
    await asOwner("UPDATE workspace_invitations SET expires_at = now() WHERE id = $1", [id]);
    expect(await outcome(acceptOffer(other, id))).toBe("not_found:workspace_invitation");
  });

  it("of two admins who join each other: one moves, the other stays with company", async () => {
    for (let round = 0; round < 5; round++) {
      const { admin, other } = await makeTwo();
      const [here, there] = await Promise.all([invite(admin, other.email), invite(other, admin.email)]);
      const results = await Promise.all([
        outcome(acceptOffer(other, here)),
        outcome(acceptOffer(admin, there)),
      ]);
      expect(results.filter((result) => result === "ok")).toHaveLength(1);
      expect((await membershipOf(admin)).workspace).toBe((await membershipOf(other)).workspace);
    }
  });

  it("with making collections: each lies where its owner is", async () => {
    for (let round = 0; round < 5; round++) {
      const { admin, other } = await makeTwo();
      const id = await invite(admin, other.email);
      await Promise.all([
        outcome(acceptOffer(other, id)),
        ...Array.from({ length: 6 }, (_, n) =>
          outcome(createCollection(other, { name: `Box ${n}`, description: "" })),
        ),
      ]);
      const rows = await asOwner("SELECT DISTINCT workspace_id FROM collections WHERE owner_id = $1", [
        other.id,
      ]);
      expect(rows).toEqual([{ workspace_id: admin.workspaceId }]);
    }
  });
});

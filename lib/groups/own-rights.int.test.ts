import { describe, expect, it } from "vitest";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { createCollection } from "#lib/collections/index.ts";
import { type AppError } from "#lib/errors/index.ts";
import { effectivePermissions, grant, setAccessMode } from "#lib/sharing/index.ts";
import { makeDocumentRow } from "#lib/sharing/test-support.ts";
import { addMembers, nestGroup } from "./index.ts";
import { compareWithTruth, makeWorkspace, outcome, principalsOf } from "./test-support.ts";

const refused = "forbidden:group_beyond_own";
const people = (...list: { id: string }[]) => ({ userIds: list.map(({ id }) => id), emails: [] });
const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

/** Somebody's collection, in the workspace of an admin who has nothing there, shared with a group. */
async function makeSharedGroup() {
  const workspace = await makeWorkspace();
  const owner = await workspace.member();
  const { id } = await createCollection(owner, { name: "Letters", description: "" });
  const collection = { type: "collection", id } as const;
  const editors = await workspace.group();
  await grant(owner, collection, { groupId: editors.id, role: "editor" });
  return { ...workspace, owner, collection, editors };
}
const has = (person: Person, collection: Awaited<ReturnType<typeof makeSharedGroup>>["collection"]) =>
  effectivePermissions(person, collection).then(
    (permissions) => permissions.length,
    () => 0,
  );

describe("an admin", () => {
  it("puts others into groups, and not themselves where that gives them more", async () => {
    const { admin, member, collection, editors } = await makeSharedGroup();
    const [other, second] = [
      await member(),
      await makePerson({ role: "admin", workspaceId: admin.workspaceId }),
    ];
    expect(await outcome(addMembers(admin, editors.id, people(admin)))).toBe(refused);
    // all of them or none
    expect(await outcome(addMembers(admin, editors.id, people(other, admin)))).toBe(refused);
    expect([await has(admin, collection), await has(other, collection)]).toEqual([0, 0]);
    expect(await outcome(addMembers(admin, editors.id, people(other)))).toBe("ok");
    // another admin may add them
    expect(await outcome(addMembers(second, editors.id, people(admin)))).toBe("ok");
    expect(await has(admin, collection)).toBe(await has(other, collection));
    // already a member: nothing changes
    expect(await outcome(addMembers(admin, editors.id, people(admin)))).toBe("ok");
    expect(await compareWithTruth()).toMatchObject({ missing: [], extra: [] });
  });

  it("is told the number of resources, and nothing else about them", async () => {
    const { admin, owner, editors } = await makeSharedGroup();
    const { id } = await createCollection(owner, { name: "More", description: "" });
    await grant(owner, { type: "collection", id }, { groupId: editors.id, role: "viewer" });
    const error = (await addMembers(admin, editors.id, people(admin)).catch((thrown) => thrown)) as AppError;
    expect(error).toMatchObject({ status: 403, reason: "group_beyond_own", details: { places: 2 } });
  });

  it("nests no group that they are in below one that has more, nor adds one below which they are", async () => {
    const { admin, collection, editors, group } = await makeSharedGroup();
    const [inner, middle] = [await group(), await group()];
    expect(await outcome(addMembers(admin, inner.id, people(admin)))).toBe("ok");
    expect(await outcome(nestGroup(admin, editors.id, inner.id))).toBe(refused);
    expect(await outcome(nestGroup(admin, middle.id, inner.id))).toBe("ok");
    expect(await outcome(nestGroup(admin, editors.id, middle.id))).toBe(refused);
    expect(await has(admin, collection)).toBe(0);
    const outside = await group();
    expect(await outcome(nestGroup(admin, editors.id, outside.id))).toBe("ok");
    expect(await outcome(addMembers(admin, outside.id, people(admin)))).toBe(refused);
    expect(await principalsOf(admin)).not.toContain(editors.id);
  });

  it("may be where they have as much already, for as long", async () => {
    const { admin, owner, collection, editors, group } = await makeSharedGroup();
    await grant(owner, collection, { email: admin.email, role: "viewer" });
    expect(await outcome(addMembers(admin, editors.id, people(admin)))).toBe(refused);
    await grant(owner, collection, { email: admin.email, role: "owner", expiresAt: soon(60) });
    expect(await outcome(addMembers(admin, editors.id, people(admin)))).toBe(refused);
    const brief = await group();
    await grant(owner, collection, { groupId: brief.id, role: "editor", expiresAt: soon(30) });
    expect(await outcome(addMembers(admin, brief.id, people(admin)))).toBe("ok");
    await grant(owner, collection, { email: admin.email, role: "owner" });
    expect(await outcome(addMembers(admin, editors.id, people(admin)))).toBe("ok");
  });

  it("counts documents by themselves: private ones, limited ones, and what ended", async () => {
    const { admin, owner, collection, group } = await makeSharedGroup();
    await grant(owner, collection, { email: admin.email, role: "owner" });
    const document = { type: "document", id: await makeDocumentRow(owner.id, collection.id) } as const;
    const reviewers = await group();
    const given = await grant(owner, document, { groupId: reviewers.id, role: "commenter" });
    for (const mode of ["invite", "private"] as const) {
      await setAccessMode(owner, document.id, mode);
      expect(await outcome(addMembers(admin, reviewers.id, people(admin)))).toBe(refused);
    }
    await asOwner("UPDATE permissions SET expires_at = now() - interval '1 minute' WHERE id = $1", [
      given.id,
    ]);
    expect(await outcome(addMembers(admin, reviewers.id, people(admin)))).toBe("ok");
  });

  it("gains nothing past the verbs either", async () => {
    const { admin, editors } = await makeSharedGroup();
    const { transaction } = await import("#lib/db/index.ts");
    const added = transaction(
      admin,
      (tx) =>
        tx.$executeRaw`INSERT INTO group_memberships (group_id, user_id) VALUES (${editors.id}::uuid, ${admin.id}::uuid)`,
    );
    expect(await outcome(added)).toBe(refused);
  });
});

describe("joining and nesting at the same time", () => {
  it("is done by one of the two at most", async () => {
    for (let round = 0; round < 12; round++) {
      const { admin, collection, editors, group } = await makeSharedGroup();
      const inner = await group();
      const outcomes = await Promise.all([
        outcome(addMembers(admin, inner.id, people(admin))),
        outcome(nestGroup(admin, editors.id, inner.id)),
      ]);
      expect(outcomes.toSorted()).toEqual([refused, "ok"]);
      expect(await has(admin, collection)).toBe(0);
    }
  });

  it("of two ways to one group none leads there", async () => {
    for (let round = 0; round < 8; round++) {
      const { admin, collection, editors, group } = await makeSharedGroup();
      const [inner, middle] = [await group(), await group()];
      const outcomes = await Promise.all([
        outcome(addMembers(admin, inner.id, people(admin))),
        outcome(nestGroup(admin, middle.id, inner.id)),
        outcome(nestGroup(admin, editors.id, middle.id)),
      ]);
      expect(outcomes.filter((answer) => answer === "ok")).toHaveLength(2);
      expect(outcomes.filter((answer) => answer === refused)).toHaveLength(1);
      expect(await has(admin, collection)).toBe(0);
    }
  });
});

import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { asOwner, makePerson } from "#prisma/factories.ts";
import { listCollections } from "#lib/collections/index.ts";
import { explainAddress, getVisibility, grant, listGrants, setVisibility, suggestSubjects } from "./index.ts";
import { address, makeGroup, makeShared, outcome } from "./test-support.ts";

const word = () => randomBytes(5).toString("hex");

describe("suggestSubjects", () => {
  it("finds people and groups of the workspace by a part of name or address, nobody else", async () => {
    const { owner, workspaceId, colleague } = await makeShared();
    const part = word();
    const inside = await colleague({ name: `Ann ${part.toUpperCase()}` });
    const first = await colleague({ name: `${part} Zoe` });
    const suspended = await colleague({ name: `Sam ${part}` });
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [suspended.id]);
    await makePerson({ name: `Elsewhere ${part}` });
    const group = await makeGroup(workspaceId, { name: `Team ${part}`, people: [inside, first] });
    await makeGroup((await makePerson()).workspaceId, { name: `Other ${part}` });

    const found = await suggestSubjects(owner, { q: part });
    expect(found.people.map(({ id }) => id)).toEqual([first.id, inside.id]);
    expect(found.groups).toEqual([{ id: group, name: `Team ${part}`, description: "", memberCount: 2 }]);
    expect((await suggestSubjects(owner, { q: inside.email.slice(0, 8) })).people).toContainEqual({
      id: inside.id,
      name: inside.name,
      email: inside.email,
    });
    expect(await suggestSubjects(owner, { q: "%" })).toEqual({ people: [], groups: [] });
  });
});

describe("explainAddress", () => {
  it("explains colleagues as themselves, and strangers alike whether or not they have an account", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const ann = await colleague({ name: "Ann" });
    const account = await makePerson();
    const nobody = address();
    for (const email of [account.email, nobody]) await grant(owner, collection, { email, role: "editor" });

    expect((await explainAddress(owner, document, ann.email.toUpperCase())).person).toMatchObject({
      id: ann.id,
      name: "Ann",
    });
    for (const email of [account.email, nobody]) {
      const told = await explainAddress(owner, document, email);
      expect(told.person).toEqual({
        id: null,
        name: null,
        email,
        isGuest: false,
        isPending: true,
        isYou: false,
      });
      expect(told.role).toBe("editor");
      expect(told.permissions[0]!.paths).toMatchObject([{ via: "direct", resource: "collection" }]);
    }
    // once opened it is known who they are
    await listCollections(account, { scope: "shared" });
    await asOwner("UPDATE permissions SET opened_at = now() WHERE user_id = $1", [account.id]);
    expect((await explainAddress(owner, document, account.email)).person.id).toBe(account.id);
    const stranger = await explainAddress(owner, collection, address());
    expect(stranger.role).toBeNull();
    expect(stranger.permissions.every(({ because }) => because === "no_grant")).toBe(true);
  });

  it("is for those who manage permissions", async () => {
    const { owner, collection, colleague } = await makeShared();
    const ann = await colleague();
    expect(await outcome(explainAddress(ann, collection, owner.email))).toBe("forbidden:collection");
    await grant(owner, collection, { email: ann.email, role: "editor" });
    expect(await outcome(explainAddress(ann, collection, owner.email))).toBe("forbidden:action");
    expect(await outcome(explainAddress(ann, collection, address()))).toBe("forbidden:action");
  });
});

describe("what the dialog shows beside", () => {
  it("tells who is of another workspace once they are known, to people of this one", async () => {
    const { owner, collection, colleague } = await makeShared();
    const [inside, outside] = [await colleague(), await makePerson()];
    for (const { email } of [inside, outside])
      await grant(owner, collection, { email, role: email === outside.email ? "owner" : "viewer" });
    const external = async (reader: typeof owner) =>
      (await listGrants(reader, collection)).items
        .filter(({ isExternal }) => isExternal)
        .map(({ userId }) => userId);
    expect(await external(owner)).toEqual([]);
    await asOwner("UPDATE permissions SET opened_at = now() WHERE user_id = $1", [outside.id]);
    expect(await external(owner)).toEqual([outside.id]);
    expect(await external(outside)).toEqual([]);
  });

  it("tells how far a collection is open to whoever sees it", async () => {
    const { owner, collection, colleague } = await makeShared();
    const ann = await colleague();
    await setVisibility(owner, collection.id, { visibility: "private", isProtected: true });
    expect(await outcome(getVisibility(ann, collection.id))).toBe("forbidden:collection");
    await setVisibility(owner, collection.id, { visibility: "workspace" });
    expect(await getVisibility(ann, collection.id)).toEqual({ visibility: "workspace", isProtected: true });
  });
});

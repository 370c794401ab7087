import { describe, expect, it } from "vitest";
import { asOwner, makePendingUpload, makePerson, missingId } from "#prisma/factories.ts";
import { allPermissions, type Permission } from "#lib/authz/permissions.ts";
import { createCollection, getCollection, trashCollection } from "#lib/collections/index.ts";
import { type ExplanationView, listAccessSchema, type PersonAccessView } from "./access-schema.ts";
import {
  effectivePermissions,
  explain,
  explainAddress,
  grant,
  listAccess,
  revoke,
  setAccessMode,
  setVisibility,
  simulateRemoval,
} from "./index.ts";
import { emailSchema } from "./schema.ts";
import { address, makeDocumentRow, makeGroup, outcome } from "./test-support.ts";

async function shared() {
  const owner = await makePerson({ name: "Olga", limits: { collaborators: 100 } });
  const { workspaceId } = owner;
  const { id } = await createCollection(owner, { name: "Letters", description: "" });
  const colleague = (name?: string) => makePerson({ workspaceId, name });
  const ann = await colleague("Ann");
  const inner = await makeGroup(workspaceId, { name: "Inner", people: [ann] });
  const outer = await makeGroup(workspaceId, { name: "Outer", groups: [inner] });
  const collection = { type: "collection", id } as const;
  const document = { type: "document", id: await makeDocumentRow(owner.id, id) } as const;
  return { owner, workspaceId, colleague, ann, inner, outer, collection, document };
}
const of = (explanation: ExplanationView, permission: Permission) =>
  explanation.permissions.find((entry) => entry.permission === permission)!;

describe("explain", () => {
  it("names every path: direct, through nested groups, workspace, everyone and ownership", async () => {
    const { owner, ann, outer, collection, document } = await shared();
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const direct = await grant(owner, collection, { email: ann.email, role: "commenter", expiresAt: soon });
    const team = await grant(owner, collection, { groupId: outer, role: "editor" });
    const page = await grant(owner, document, { email: ann.email, role: "viewer" });
    await setVisibility(owner, collection.id, { visibility: "workspace" });
    const explanation = await explain(owner, document, ann.id);
    expect(explanation).toMatchObject({
      resource: document,
      person: { id: ann.id, name: "Ann", isGuest: false, isPending: false, isYou: false },
      accessMode: "collection",
      isTrashed: false,
      isSuspended: false,
      role: "editor",
    });
    expect(explanation.permissions.map(({ permission }) => permission)).toEqual(allPermissions);
    const view = of(explanation, "view_documents");
    expect(view).toMatchObject({ isAllowed: true, because: null });
    const told = view.paths.map(({ via, resource, grantId, role, chain, expiresAt, grantedBy, state }) => ({
      via,
      resource,
      grantId,
      role: role?.name,
      chain: chain.map(({ name }) => name),
      expiresAt,
      by: grantedBy?.name,
      state,
    }));
    expect(told).toEqual([
      {
        via: "direct",
        resource: "collection",
        grantId: direct.id,
        role: "commenter",
        chain: [],
        expiresAt: soon,
        by: "Olga",
        state: "active",
      },
      {
        via: "group",
        resource: "collection",
        grantId: team.id,
        role: "editor",
        chain: ["Inner", "Outer"],
        expiresAt: null,
        by: "Olga",
        state: "active",
      },
      {
        via: "direct",
        resource: "document",
        grantId: page.id,
        role: "viewer",
        chain: [],
        expiresAt: null,
        by: "Olga",
        state: "active",
      },
      {
        via: "workspace",
        resource: "collection",
        grantId: expect.any(String),
        role: "viewer",
        chain: [],
        expiresAt: null,
        by: "Olga",
        state: "active",
      },
    ]);
    expect(of(explanation, "edit_documents").paths.map(({ via }) => via)).toEqual(["group"]);
    expect(of(explanation, "manage_permissions")).toEqual({
      permission: "manage_permissions",
      isAllowed: false,
      because: "no_grant",
      paths: [],
    });
    const own = await explain(owner, document);
    expect(of(own, "view_documents").paths.map(({ via }) => via)).toEqual([
      "document_owner",
      "collection_owner",
      "workspace",
    ]);
    await setVisibility(owner, collection.id, { visibility: "public" });
    expect(
      of(await explain(owner, document, ann.id), "view_documents").paths.map(({ via }) => via),
    ).toContain("everyone");
  });

  it("says why not: no grant, expired, left out by the access mode, trashed, suspended", async () => {
    const { owner, ann, colleague, collection, document } = await shared();
    const because = async (personId: string, resource: typeof document | typeof collection = document) =>
      of(await explain(owner, resource, personId), "view_documents").because;
    const nobody = await colleague();
    expect(await because(nobody.id)).toBe("no_grant");
    const given = await grant(owner, collection, { email: ann.email, role: "viewer" });
    expect(await because(ann.id)).toBeNull();
    await setAccessMode(owner, document.id, "invite");
    const leftOut = of(await explain(owner, document, ann.id), "view_documents");
    expect(leftOut).toMatchObject({
      isAllowed: false,
      because: "access_mode",
      paths: [{ grantId: given.id, state: "access_mode" }],
    });
    await setAccessMode(owner, document.id, "collection");
    await asOwner("UPDATE permissions SET expires_at = now() - interval '1 minute' WHERE id = $1", [
      given.id,
    ]);
    expect(await because(ann.id)).toBe("expired");
    await asOwner("UPDATE permissions SET expires_at = NULL WHERE id = $1", [given.id]);
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [ann.id]);
    expect(await because(ann.id)).toBe("suspended");
    await asOwner("UPDATE users SET suspended_at = NULL WHERE id = $1", [ann.id]);
    await trashCollection(owner, collection.id);
    expect(await because(ann.id)).toBe("trashed");
    expect(await because(ann.id, collection)).toBe("trashed");
    expect(await effectivePermissions(owner, collection, ann.id)).toEqual([]);
    expect(await outcome(explain(ann, document))).toBe("not_found:document");
  });

  it("shows others' paths to those who manage permissions, one's own to anybody who may look, and strangers to nobody", async () => {
    const { owner, ann, colleague, collection, document } = await shared();
    const stranger = await makePerson();
    const viewer = await colleague();
    await grant(owner, collection, { email: ann.email, role: "editor" });
    await grant(owner, collection, { email: viewer.email, role: "viewer" });
    const outsider = await makePerson();
    for (const resource of [collection, document]) {
      const unseen = resource === collection ? "forbidden:collection" : "not_found:document";
      expect(of(await explain(viewer, resource), "view_documents").isAllowed).toBe(true);
      expect(await outcome(explain(ann, resource, viewer.id))).toBe("forbidden:action");
      expect(await outcome(explain(ann, resource, missingId()))).toBe("forbidden:action");
      expect(await outcome(effectivePermissions(ann, resource, viewer.id))).toBe("forbidden:action");
      for (const id of [stranger.id, missingId()])
        expect(await outcome(explain(owner, resource, id))).toBe("not_found:person");
      expect(await outcome(explain(outsider, resource))).toBe(unseen);
      expect(await outcome(explain(outsider, { ...resource, id: missingId() }))).toBe(unseen);
      expect(await outcome(simulateRemoval(ann, resource, { grantId: missingId() }))).toBe(
        "forbidden:action",
      );
    }
    // invited from elsewhere: not told from an address without an account until they come
    await grant(owner, collection, { email: stranger.email, role: "viewer" });
    expect(await outcome(explain(owner, collection, stranger.id))).toBe("not_found:person");
    await getCollection(stranger, collection.id);
    expect((await explain(owner, collection, stranger.id)).role).toBe("viewer");
  });
});

it("tells nothing about what is not uploaded yet, to its owner and to managers either", async () => {
  const { owner, ann, collection } = await shared();
  await grant(owner, collection, { email: ann.email, role: "editor" });
  const { documentId: id } = await makePendingUpload(ann, collection.id);
  const pending = { type: "document", id } as const;
  for (const actor of [owner, ann]) {
    const asked = [
      listAccess(actor, pending, {}),
      explain(actor, pending),
      explain(actor, pending, owner.id),
      explainAddress(actor, pending, ann.email),
      simulateRemoval(actor, pending, { grantId: missingId() }),
      effectivePermissions(actor, pending),
    ];
    expect(await Promise.all(asked.map(outcome))).toEqual(asked.map(() => "not_found:document"));
  }
});

describe("the list of people", () => {
  it("has everyone whom a grant reaches, with where it comes from, and what is open to more", async () => {
    const { owner, ann, outer, colleague, collection, document } = await shared();
    const [known, unknown] = [await makePerson(), address()];
    const inside = await colleague();
    await grant(owner, collection, { groupId: outer, role: "commenter" });
    await grant(owner, collection, { email: known.email, role: "viewer" });
    await grant(owner, collection, { email: unknown, role: "viewer" });
    await grant(owner, document, { email: inside.email, role: "editor" });
    await setVisibility(owner, collection.id, { visibility: "workspace" });
    const list = await listAccess(owner, document, {});
    expect(list.nextCursor).toBeNull();
    expect(list.general).toMatchObject([{ via: "workspace", role: { name: "viewer" } }]);
    const by = new Map(list.items.map((item) => [item.person.email, item]));
    expect([...by.keys()]).toEqual(
      [owner, ann, known, inside]
        .map(({ email }) => email)
        .concat(unknown)
        .toSorted(),
    );
    expect(by.get(ann.email)).toMatchObject({
      role: "commenter",
      sources: [{ via: "group", group: { name: "Outer" } }, { via: "workspace" }],
    });
    expect(by.get(inside.email)).toMatchObject({
      role: "editor",
      sources: [{ resource: "document" }, { resource: "collection", via: "workspace" }],
    });
    expect(by.get(owner.email)).toMatchObject({ role: "owner", person: { isYou: true } });
    // an account of elsewhere that has not come yet, and an address without one
    const bare = ({ person: { email: _, ...person }, sources, ...rest }: (typeof list.items)[number]) => ({
      ...rest,
      person,
      sources: sources.map((source) => ({ ...source, grantId: "", grantedAt: "" })),
    });
    expect(bare(by.get(known.email)!)).toEqual(bare(by.get(unknown)!));
    await setAccessMode(owner, document.id, "invite");
    const invited = (await listAccess(owner, document, {})).items.map(({ person }) => person.id);
    expect(new Set(invited)).toEqual(new Set([owner.id, inside.id]));
  });

  it("shows only themselves to those who do not manage permissions, and comes in pages", async () => {
    const { owner, workspaceId, ann, collection } = await shared();
    const crowd = await Promise.all(Array.from({ length: 60 }, () => makePerson({ workspaceId })));
    const everybody = await makeGroup(workspaceId, { people: crowd });
    await grant(owner, collection, { groupId: everybody, role: "viewer" });
    const first = await listAccess(owner, collection, {});
    expect(first.items).toHaveLength(50);
    const second = await listAccess(owner, collection, { cursor: first.nextCursor! });
    expect(second.items).toHaveLength(11);
    expect(second.nextCursor).toBeNull();
    const emails = [...first.items, ...second.items].map(({ person }) => person.email);
    expect(new Set(emails)).toEqual(new Set([owner, ...crowd].map(({ email }) => email)));
    await grant(owner, collection, { email: ann.email, role: "editor" });
    expect((await listAccess(ann, collection, {})).items.map(({ person }) => person.id)).toEqual([ann.id]);
    expect((await listAccess(ann, collection, {})).general).toEqual([]);
  });

  it("tells a co-owner of elsewhere nothing of the people of a group, neither by its pages nor by its cursors", async () => {
    const { owner, workspaceId, collection, document } = await shared();
    const stranger = await makePerson();
    await grant(owner, collection, { email: stranger.email, role: "owner" });
    await getCollection(stranger, collection.id);
    const hidden = await Promise.all(Array.from({ length: 120 }, () => makePerson({ workspaceId })));
    await grant(owner, collection, {
      groupId: await makeGroup(workspaceId, { people: hidden }),
      role: "viewer",
    });
    const guests = Array.from({ length: 60 }, (_, n) =>
      n < 30 ? `a${n}-${address()}` : `z${n}-${address()}`,
    );
    for (const email of guests) await grant(owner, collection, { email, role: "viewer" });
    for (const visibility of ["private", "public"] as const) {
      await setVisibility(owner, collection.id, { visibility });
      for (const resource of [collection, document]) {
        const first = await listAccess(stranger, resource, {});
        const second = await listAccess(stranger, resource, { cursor: first.nextCursor! });
        expect([first.items.length, second.items.length, second.nextCursor]).toEqual([50, 12, null]);
        const seen = [...first.items, ...second.items].map(({ person }) => person.email);
        expect(new Set(seen)).toEqual(new Set([owner.email, stranger.email, ...guests]));
        const told = Buffer.from(first.nextCursor!, "base64url").toString("latin1");
        expect(told).not.toContain("@example");
      }
    }
    // who may know them sees them
    const all: PersonAccessView[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAccess(owner, collection, { cursor });
      all.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(all).toHaveLength(182);
  });

  it("goes on only from where it stopped itself, for the same reader on the same resource", async () => {
    const { owner, workspaceId, collection, document } = await shared();
    const crowd = await Promise.all(Array.from({ length: 60 }, () => makePerson({ workspaceId })));
    await grant(owner, collection, {
      groupId: await makeGroup(workspaceId, { people: crowd }),
      role: "viewer",
    });
    await grant(owner, collection, { email: crowd[0]!.email, role: "owner" });
    const cursor = (await listAccess(owner, collection, {})).nextCursor!;
    expect(await outcome(listAccess(owner, collection, { cursor }))).toBe("ok");
    const changed = `${cursor[0] === "A" ? "B" : "A"}${cursor.slice(1)}`;
    for (const wrong of ["", "AA", "no cursor", Buffer.from(owner.email).toString("base64url"), changed])
      expect(await outcome(listAccess(owner, collection, { cursor: wrong }))).toBe("invalid_input:");
    expect(await outcome(listAccess(owner, document, { cursor }))).toBe("invalid_input:");
    expect(await outcome(listAccess(crowd[0]!, collection, { cursor }))).toBe("invalid_input:");
  });

  it("comes in pages also where the longest address ends one", async () => {
    const { owner, collection } = await shared();
    const long = `v${"ü".repeat(241)}@example.net`;
    const crowd = Array.from({ length: 48 }, (_, n) => `a${n}-${address()}`);
    for (const email of [...crowd, long, `z-${address()}`])
      await grant(owner, collection, { email: emailSchema.parse(email), role: "viewer" });
    const { items, nextCursor } = await listAccess(owner, collection, {});
    expect(items.at(-1)!.person.email).toBe(long);
    const { cursor } = listAccessSchema.parse({ cursor: nextCursor });
    expect((await listAccess(owner, collection, { cursor })).items).toHaveLength(1);
  });
});

describe("simulating a removal", () => {
  it("tells exactly who would lose what, and then it is so", async () => {
    const { owner, ann, outer, colleague, collection, document } = await shared();
    const bert = await colleague("Bert");
    await asOwner("INSERT INTO group_memberships VALUES ($1, $2)", [outer, bert.id]);
    const team = await grant(owner, collection, { groupId: outer, role: "editor" });
    await grant(owner, collection, { email: ann.email, role: "viewer" });
    for (const resource of [collection, document]) {
      const simulated = await simulateRemoval(owner, resource, { grantId: team.id });
      expect(simulated).toMatchObject({ isComplete: true, everyone: [] });
      const lost = new Map(simulated.people.map((entry) => [entry.person.id, entry]));
      expect(lost.size).toBe(2);
      expect(lost.get(ann.id)).toMatchObject({ kept: ["view_documents"] });
      expect(lost.get(bert.id)).toMatchObject({ kept: [] });
    }
    const before = await effectivePermissions(owner, collection, ann.id);
    const { people } = await simulateRemoval(owner, collection, { grantId: team.id });
    await revoke(owner, collection, team.id);
    const after = await effectivePermissions(owner, collection, ann.id);
    const told = people.find(({ person }) => person.id === ann.id)!;
    expect([told.kept, told.lost]).toEqual([
      after,
      before.filter((permission) => !after.includes(permission)),
    ]);
  });

  it("of a membership follows the nesting", async () => {
    const { owner, workspaceId, ann, inner, outer, collection } = await shared();
    await grant(owner, collection, { groupId: outer, role: "editor" });
    await grant(owner, collection, { groupId: inner, role: "viewer" });
    const [gone] = (await simulateRemoval(owner, collection, { groupId: inner, userId: ann.id })).people;
    expect(gone).toMatchObject({ person: { id: ann.id }, kept: [] });
    // another way in keeps what it gives
    const side = await makeGroup(workspaceId, { people: [ann] });
    await asOwner("INSERT INTO group_nestings (parent_id, child_id) VALUES ($1, $2)", [outer, side]);
    expect((await simulateRemoval(owner, collection, { groupId: inner, userId: ann.id })).people).toEqual([]);
    expect(await outcome(simulateRemoval(owner, collection, { groupId: outer, userId: ann.id }))).toBe(
      "not_found:membership",
    );
    expect(await outcome(simulateRemoval(owner, collection, { groupId: inner, userId: missingId() }))).toBe(
      "not_found:person",
    );
  });

  it("looks alike for an invited address and an account that has not come yet; the owner stays", async () => {
    const { owner, collection, document } = await shared();
    const known = await makePerson();
    const losses = [];
    for (const email of [known.email, address()]) {
      const { id } = await grant(owner, collection, { email, role: "viewer" });
      const { people } = await simulateRemoval(owner, collection, { grantId: id });
      losses.push(people.map(({ person: { email: _, ...person }, ...rest }) => ({ ...rest, person })));
    }
    expect(losses[0]).toHaveLength(1);
    expect(losses[0]).toEqual(losses[1]);
    const [own] = (await listAccess(owner, collection, {})).items.find(({ person }) => person.isYou)!.sources;
    for (const resource of [collection, document])
      expect(await outcome(simulateRemoval(owner, resource, { grantId: own!.grantId! }))).toBe(
        "forbidden:last_owner",
      );
    expect(await outcome(simulateRemoval(owner, collection, { grantId: missingId() }))).toBe(
      "not_found:grant",
    );
  });

  it("of a membership that gives nothing here does not tell who is in it", async () => {
    const { owner, workspaceId, colleague, ann, inner, outer, collection, document } = await shared();
    const bert = await colleague("Bert");
    const stranger = await makePerson();
    await grant(owner, collection, { email: stranger.email, role: "owner" });
    for (const { email } of [ann, bert]) await grant(owner, collection, { email, role: "viewer" });
    await getCollection(stranger, collection.id);
    const secret = await makeGroup(workspaceId, { people: [ann] });
    const asked = (person: { id: string }, groupId: string) =>
      outcome(simulateRemoval(stranger, collection, { groupId, userId: person.id }));
    for (const person of [ann, bert])
      for (const groupId of [secret, inner, missingId()])
        expect(await asked(person, groupId)).toBe("not_found:membership");
    // the group around it has a grant
    const { id } = await grant(owner, collection, { groupId: outer, role: "editor" });
    expect(await asked(ann, inner)).toBe("ok");
    expect(await asked(ann, secret)).toBe("not_found:membership");
    await asOwner("UPDATE permissions SET expires_at = now() WHERE id = $1", [id]);
    expect(await asked(ann, inner)).toBe("not_found:membership");
    // on a document that leaves it out neither
    await asOwner("UPDATE permissions SET expires_at = NULL WHERE id = $1", [id]);
    const ofDocument = { groupId: inner, userId: ann.id };
    expect(await outcome(simulateRemoval(stranger, document, ofDocument))).toBe("ok");
    await setAccessMode(owner, document.id, "invite");
    expect(await outcome(simulateRemoval(owner, document, ofDocument))).toBe("not_found:membership");
  });

  it("of what is open to a workspace or everyone says whom it closes out", async () => {
    const { owner, ann, collection } = await shared();
    await setVisibility(owner, collection.id, { visibility: "workspace" });
    const [workspace] = (await listAccess(owner, collection, {})).general;
    const closed = await simulateRemoval(owner, collection, { grantId: workspace!.grantId! });
    expect(closed.people.map(({ person }) => person.id)).toEqual([ann.id]);
    expect(closed.everyone).toEqual([]);
    await setVisibility(owner, collection.id, { visibility: "public" });
    const [everyone] = (await listAccess(owner, collection, {})).general;
    expect((await simulateRemoval(owner, collection, { grantId: everyone!.grantId! })).everyone).toEqual([
      "view_documents",
    ]);
  });

  it("of another access mode says whom it closes out, those of the workspace included, and then it is so", async () => {
    const { owner, ann, outer, colleague, collection, document } = await shared();
    const [bert, carla, marc] = await Promise.all(["Bert", "Carla", "Marc"].map(colleague));
    await asOwner("INSERT INTO group_memberships VALUES ($1, $2)", [outer, bert!.id]);
    await grant(owner, collection, { groupId: outer, role: "editor" });
    await grant(owner, collection, { email: marc!.email, role: "owner" });
    await grant(owner, document, { email: ann.email, role: "viewer" });
    const invited = address();
    await grant(owner, collection, { email: invited, role: "viewer" });
    await setVisibility(owner, collection.id, { visibility: "workspace" });

    const { people, ...rest } = await simulateRemoval(marc!, document, { accessMode: "invite" });
    expect(rest).toEqual({ isComplete: true, everyone: [] });
    const told = new Map(people.map((entry) => [entry.person.id ?? entry.person.email, entry]));
    expect(new Set(told.keys())).toEqual(new Set([owner.id, ann.id, bert!.id, carla!.id, invited]));
    expect(told.get(ann.id)).toMatchObject({ kept: ["view_documents"] });
    expect(told.get(invited)).toMatchObject({ lost: ["view_documents"], kept: [] });

    const before = new Map<string, Permission[]>();
    const now = (id: string) => effectivePermissions(owner, document, id);
    for (const { id } of [owner, ann, bert!, carla!, marc!]) before.set(id, await now(id));
    await setAccessMode(marc!, document.id, "invite");
    for (const { id } of [owner, ann, bert!, carla!]) {
      const left = await effectivePermissions(marc!, document, id);
      expect(told.get(id)).toMatchObject({ kept: left });
      expect(told.get(id)!.lost).toEqual(before.get(id)!.filter((permission) => !left.includes(permission)));
    }
    expect(await effectivePermissions(marc!, document, marc!.id)).toEqual(before.get(marc!.id));
    // back again nobody loses anything
    expect((await simulateRemoval(marc!, document, { accessMode: "collection" })).people).toEqual([]);

    await setVisibility(owner, collection.id, { visibility: "public" });
    await setAccessMode(owner, document.id, "collection");
    expect((await simulateRemoval(marc!, document, { accessMode: "private" })).everyone).toEqual([
      "view_documents",
    ]);
    for (const [actor, resource, refused] of [
      [bert!, document, "forbidden:action"],
      [owner, collection, "invalid_input:json"],
      [await makePerson(), { type: "document", id: missingId() }, "not_found:document"],
    ] as const)
      expect(await outcome(simulateRemoval(actor, resource, { accessMode: "private" }))).toBe(refused);
  });

  it("of another access mode does not say that it knows all, where it looked at the first thousand", async () => {
    const { owner, workspaceId, collection, document } = await shared();
    const crowd = await makeGroup(workspaceId);
    await asOwner(
      `WITH people AS (
         INSERT INTO users (workspace_id, email, email_normalized, name, email_verified_at)
         SELECT $1, 'zz' || n || '-' || $2, 'zz' || n || '-' || $2, 'Person', now() FROM generate_series(1, 1000) n RETURNING id)
       INSERT INTO group_memberships (group_id, user_id) SELECT $3, id FROM people`,
      [workspaceId, address(), crowd],
    );
    await grant(owner, collection, { groupId: crowd, role: "viewer" });
    const simulated = () => simulateRemoval(owner, document, { accessMode: "private" });
    // the owner, who asks, and the thousand
    expect(await simulated()).toMatchObject({ isComplete: false });
    await asOwner(
      "DELETE FROM group_memberships WHERE group_id = $1 AND user_id = (SELECT max(user_id::text)::uuid FROM group_memberships WHERE group_id = $1)",
      [crowd],
    );
    const { people, isComplete } = await simulated();
    expect([people.length, isComplete]).toEqual([999, true]);
  });
});

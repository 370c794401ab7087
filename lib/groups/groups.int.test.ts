import { describe, expect, it } from "vitest";
import { asOwner, makePerson, missingId } from "#prisma/factories.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { transaction, type Tx } from "#lib/db/index.ts";
import {
  addMembers,
  createGroup,
  deleteGroup,
  getGroup,
  listGroups,
  listMembers,
  listNested,
  listReach,
  nestGroup,
  removeMembers,
  unnestGroup,
  updateGroup,
} from "./index.ts";
import { peopleSchema } from "./schema.ts";
import { MOST_PEOPLE_PER_CALL } from "./values.ts";
import { makeWorkspace, outcome, word } from "./test-support.ts";

const people = (...list: { id: string }[]) => ({ userIds: list.map(({ id }) => id), emails: [] });

describe("a group", () => {
  it("is made, renamed, listed by name and found by a part of it", async () => {
    const { admin, group } = await makeWorkspace();
    const [b, a] = [await group("böcke 50%"), await group("Anna’s")];
    const c = await createGroup(admin, { name: "Carl_s", description: "" });
    expect((await listGroups(admin, {})).items.map(({ id }) => id)).toEqual([a.id, b.id, c.id]);
    for (const [q, found] of [
      ["NNA", [a.id]],
      ["0%", [b.id]],
      ["_", [c.id]],
      ["x", []],
    ] as const)
      expect((await listGroups(admin, { q })).items.map(({ id }) => id)).toEqual(found);
    expect(await updateGroup(admin, a.id, { name: "Zoë’s", description: "All of them" })).toMatchObject({
      name: "Zoë’s",
      description: "All of them",
    });
    expect((await listGroups(admin, {})).items.map(({ id }) => id)).toEqual([b.id, c.id, a.id]);
  });

  it("is listed in pages without losing or repeating any", async () => {
    const { admin } = await makeWorkspace();
    await asOwner(
      "INSERT INTO groups (workspace_id, name) SELECT $1, 'Group ' || n FROM generate_series(1, 120) n",
      [admin.workspaceId],
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listGroups(admin, { cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toHaveLength(120);
    expect(new Set(seen).size).toBe(120);
  });

  it("has a name of its own in the workspace, whatever the case, also when several are made at once", async () => {
    const { admin, group } = await makeWorkspace();
    const name = `Press ${word()}`;
    const made = await Promise.all(
      [name, name.toUpperCase(), name, name.toLowerCase()].map((one) =>
        outcome(createGroup(admin, { name: one, description: "" })),
      ),
    );
    expect(made.toSorted()).toEqual([...Array<string>(3).fill("conflict:group_name_taken"), "ok"]);
    const other = await group();
    expect(await outcome(updateGroup(admin, other.id, { name }))).toBe("conflict:group_name_taken");
    const elsewhere = await makeWorkspace();
    expect(await outcome(elsewhere.group(name))).toBe("ok");
  });

  it("counts people who are in it, and those who act as it", async () => {
    const { admin, member, group } = await makeWorkspace();
    const [outer, inner] = [await group(), await group()];
    const [a, b, c] = [await member(), await member(), await member()];
    await addMembers(admin, outer.id, people(a, b));
    await addMembers(admin, inner.id, people(b, c));
    await nestGroup(admin, outer.id, inner.id);
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [a.id]);
    expect(await getGroup(admin, outer.id)).toMatchObject({
      memberCount: 2,
      effectiveCount: 2,
      nested: [{ id: inner.id, memberCount: 2, effectiveCount: 2 }],
      parents: [],
    });
    expect(await getGroup(admin, inner.id)).toMatchObject({ parents: [{ id: outer.id, name: outer.name }] });
    const members = (await listMembers(admin, outer.id, {})).items;
    expect(Object.fromEntries(members.map(({ id, isSuspended }) => [id, isSuspended]))).toEqual({
      [a.id]: true,
      [b.id]: false,
    });
  });
});

describe("members in bulk", () => {
  it("are added by id and address; each one named is accounted for", async () => {
    const { admin, member, guest, group } = await makeWorkspace();
    const { id } = await group();
    const [byId, byAddress, already] = [await member(), await member(), await member()];
    const [outsider, unproven, visitor] = [
      await makePerson(),
      await member({ isVerified: false }),
      await guest(),
    ];
    await addMembers(admin, id, people(already));
    const nobody = missingId();
    const answer = await addMembers(admin, id, {
      userIds: [byId.id, byId.id, already.id, nobody, outsider.id],
      emails: [
        ` ${byAddress.email.toUpperCase()}`,
        byId.email,
        outsider.email,
        "nobody@example.net",
        "no address",
        unproven.email,
        visitor.email,
      ],
    });
    expect(answer.changed.toSorted()).toEqual([byId.id, byAddress.id].toSorted());
    expect(answer.unchanged).toEqual([already.id]);
    expect(answer.refused).toEqual([
      { value: nobody, reason: "unknown" },
      // an account in another workspace looks like no account
      { value: outsider.id, reason: "unknown" },
      { value: outsider.email, reason: "unknown" },
      { value: "nobody@example.net", reason: "unknown" },
      { value: "no address", reason: "unknown" },
      { value: unproven.email, reason: "unverified" },
      { value: visitor.email, reason: "guest" },
    ]);
    expect((await listMembers(admin, id, {})).items).toHaveLength(3);
    const removed = await removeMembers(admin, id, {
      userIds: [byId.id, visitor.id],
      emails: [already.email, outsider.email],
    });
    expect(removed.changed.toSorted()).toEqual([byId.id, already.id].toSorted());
    expect(removed).toMatchObject({
      unchanged: [visitor.id],
      refused: [{ value: outsider.email, reason: "unknown" }],
    });
    expect((await listMembers(admin, id, {})).items.map((item) => item.id)).toEqual([byAddress.id]);
  });

  it("are found by part of name or address, beyond the first page", async () => {
    const { admin, member, group } = await makeWorkspace();
    const { id } = await group();
    const last = await member({ name: "Zoe_Last" });
    const others = await Promise.all(Array.from({ length: 51 }, () => member({ name: "Marc" })));
    await addMembers(admin, id, people(last, ...others));
    const found = async (q: string) => (await listMembers(admin, id, { q })).items.map((item) => item.id);
    const first = await listMembers(admin, id, { q: "MARC" });
    expect(first.items).toHaveLength(50);
    expect((await listMembers(admin, id, { q: "MARC", cursor: first.nextCursor! })).items).toHaveLength(1);
    // and go on after the last item, even if that person has left the group
    const gone = first.items.at(-1)!.id;
    const elsewhere = await makePerson();
    await asOwner("UPDATE users SET workspace_id = $2 WHERE id = $1", [gone, elsewhere.workspaceId]);
    expect((await listMembers(admin, id, { q: "MARC", cursor: first.nextCursor! })).items).toHaveLength(1);
    for (const cursor of ["x", "e30", Buffer.from('["a","b"]').toString("base64url"), gone])
      expect(() => listMembers(admin, id, { cursor }), cursor).toThrow("Not a cursor");
    expect(await found("e_l")).toEqual([last.id]);
    expect(await found(last.email.toUpperCase())).toEqual([last.id]);
    expect(await found("%")).toEqual([]);
    await removeMembers(admin, id, people(last));
    expect(await found("zoe")).toEqual([]);
  });

  it("can be five hundred at once, not more, and every one is in the audit", async () => {
    const { admin, group } = await makeWorkspace();
    const { id } = await group();
    const made = await asOwner<{ id: string }>(
      `INSERT INTO users (workspace_id, email, email_normalized, name, email_verified_at)
       SELECT $1::uuid, a, a, 'Person ' || n, now() FROM generate_series(1, $2::int) n, LATERAL (SELECT n || '.' || $1::text || '@example.org') x (a) RETURNING id`,
      [admin.workspaceId, MOST_PEOPLE_PER_CALL],
    );
    const input = { userIds: made.map((row) => row.id), emails: [] };
    expect((await addMembers(admin, id, peopleSchema.parse(input))).changed).toHaveLength(
      MOST_PEOPLE_PER_CALL,
    );
    expect(peopleSchema.safeParse({ ...input, emails: ["one.more@example.org"] }).success).toBe(false);
    expect(peopleSchema.safeParse({}).success).toBe(false);
    expect((await addMembers(admin, id, input)).unchanged).toHaveLength(MOST_PEOPLE_PER_CALL);
    expect((await removeMembers(admin, id, input)).changed).toHaveLength(MOST_PEOPLE_PER_CALL);
    const [entries] = await asOwner<{ added: number; removed: number; people: number }>(
      `SELECT count(*) FILTER (WHERE action = 'group.member_added')::int AS added, count(DISTINCT subject_id)::int AS people,
         count(*) FILTER (WHERE action = 'group.member_removed')::int AS removed
       FROM audit_events WHERE resource_id = $1 AND actor_id = $2 AND subject_email IS NOT NULL`,
      [id, admin.id],
    );
    expect(entries).toEqual({
      added: MOST_PEOPLE_PER_CALL,
      removed: MOST_PEOPLE_PER_CALL,
      people: MOST_PEOPLE_PER_CALL,
    });
  });
});

describe("nesting", () => {
  it("refuses a cycle and names the way", async () => {
    const { admin, group } = await makeWorkspace();
    const [a, b, c] = [await group(), await group(), await group()];
    await nestGroup(admin, a.id, b.id);
    await nestGroup(admin, b.id, c.id);
    await nestGroup(admin, b.id, c.id);
    const named = [a, b, c].map(({ id, name }) => ({ id, name }));
    await expect(nestGroup(admin, c.id, a.id)).rejects.toMatchObject({
      code: "conflict",
      reason: "group_cycle",
      details: { path: named },
    });
    await expect(nestGroup(admin, a.id, a.id)).rejects.toMatchObject({
      reason: "group_cycle",
      details: { path: [named[0]] },
    });
    expect((await listNested(admin, b.id)).items.map(({ id }) => id)).toEqual([c.id]);
    await unnestGroup(admin, a.id, b.id);
    await unnestGroup(admin, a.id, b.id);
    expect(await outcome(nestGroup(admin, c.id, a.id))).toBe("ok");
  });

  it("is not held up by a group that is gone", async () => {
    const { admin, group } = await makeWorkspace();
    const [a, b, c] = [await group(), await group(), await group()];
    await nestGroup(admin, a.id, b.id);
    await nestGroup(admin, b.id, c.id);
    await deleteGroup(admin, b.id);
    expect(await outcome(nestGroup(admin, c.id, a.id))).toBe("ok");
  });
});

describe("who may", () => {
  const verbs = (id: string, childId: string) =>
    ({
      get: (actor: UserActor) => getGroup(actor, id),
      members: (actor: UserActor) => listMembers(actor, id, {}),
      nested: (actor: UserActor) => listNested(actor, id),
      reach: (actor: UserActor) => listReach(actor, id, {}),
      update: (actor: UserActor) => updateGroup(actor, id, { description: word() }),
      add: (actor: UserActor) => addMembers(actor, id, people({ id: missingId() })),
      remove: (actor: UserActor) => removeMembers(actor, id, people({ id: missingId() })),
      nest: (actor: UserActor) => nestGroup(actor, id, childId),
      unnest: (actor: UserActor) => unnestGroup(actor, id, childId),
      delete: (actor: UserActor) => deleteGroup(actor, id),
    }) satisfies Record<string, (actor: UserActor) => Promise<unknown>>;
  const tryAll = async (actor: UserActor, id: string, childId: string) => {
    const outcomes: Record<string, string> = {};
    for (const [name, call] of Object.entries(verbs(id, childId)))
      outcomes[name] = await outcome(call(actor));
    return outcomes;
  };
  const looking = ["get", "members", "nested", "reach"];
  const all = Object.keys(verbs("", ""));
  const expected = (look: string, write: string) =>
    Object.fromEntries(all.map((name) => [name, looking.includes(name) ? look : write]));

  it("do what: admins all, members look, everybody else is told the same as of what is not there", async () => {
    const { admin, member, guest, group } = await makeWorkspace();
    const [a, b] = [await group(), await group()];
    const outsiders = [
      await guest(),
      await makePerson({ role: "admin" }),
      await makePerson({ isSystemAdmin: true }),
    ];
    const suspended = await member();
    await asOwner("UPDATE users SET suspended_at = now(), workspace_role = 'admin' WHERE id = $1", [
      suspended.id,
    ]);
    expect(await tryAll(await member(), a.id, b.id)).toEqual(expected("ok", "forbidden:workspace_admin"));
    for (const actor of [...outsiders, suspended]) {
      expect(await tryAll(actor, a.id, b.id)).toEqual(expected("forbidden:group", "forbidden:group"));
      expect(await tryAll(actor, missingId(), b.id)).toEqual(expected("forbidden:group", "forbidden:group"));
    }
    expect(await tryAll(admin, missingId(), b.id)).toEqual(expected("forbidden:group", "forbidden:group"));
    // a group of another workspace can neither contain nor be nested
    const elsewhere = await (await makeWorkspace()).group();
    expect(await outcome(nestGroup(admin, a.id, elsewhere.id))).toBe("forbidden:group");
    expect(await outcome(nestGroup(admin, elsewhere.id, a.id))).toBe("forbidden:group");
    expect(await tryAll(admin, a.id, b.id)).toEqual(expected("ok", "ok"));
    // deleted for everybody; deleting it again is harmless
    expect(await tryAll(admin, a.id, b.id)).toEqual({
      ...expected("forbidden:group", "forbidden:group"),
      delete: "ok",
    });
    expect((await tryAll(await member(), a.id, b.id)).delete).toBe("forbidden:group");
  });

  it("list and make groups: members list, admins make, guests neither", async () => {
    const { admin, member, guest, group } = await makeWorkspace();
    const { id } = await group();
    const make = (actor: UserActor) => outcome(createGroup(actor, { name: word(), description: "" }));
    const [someone, visitor, stranger] = [await member(), await guest(), await makePerson()];
    expect(await make(someone)).toBe("forbidden:workspace_admin");
    expect(await make(visitor)).toBe("forbidden:guest_action");
    expect(await outcome(listGroups(visitor, {}))).toBe("forbidden:guest_action");
    expect(await listGroups(someone, {})).toMatchObject({ items: [{ id }], abilities: { canEdit: false } });
    expect(await listGroups(stranger, {})).toMatchObject({ items: [], abilities: { canEdit: false } });
    expect(await listGroups(admin, {})).toMatchObject({ abilities: { canEdit: true } });
  });

  it("is refused by the database's policies alone", async () => {
    const { admin, member, guest, group } = await makeWorkspace();
    const [a, b] = [await group(), await group()];
    const [inside, someone, visitor] = [await member(), await member(), await guest()];
    await addMembers(admin, a.id, people(inside));
    await nestGroup(admin, a.id, b.id);
    const run = (actor: UserActor, work: (tx: Tx) => Promise<number>) =>
      transaction(actor, work).then(
        (rows) => rows,
        (error: { code: string }) => error.code,
      );
    const attempts = (who: { id: string }) => ({
      make: (tx: Tx) =>
        tx.$executeRaw`INSERT INTO groups (workspace_id, name) VALUES (${admin.workspaceId}::uuid, ${word()})`,
      rename: (tx: Tx) => tx.$executeRaw`UPDATE groups SET name = ${word()} WHERE id = ${a.id}::uuid`,
      add: (tx: Tx) =>
        tx.$executeRaw`INSERT INTO group_memberships (group_id, user_id) VALUES (${b.id}::uuid, ${who.id}::uuid)`,
      remove: (tx: Tx) => tx.$executeRaw`DELETE FROM group_memberships WHERE group_id = ${a.id}::uuid`,
      nest: (tx: Tx) =>
        tx.$executeRaw`INSERT INTO group_nestings (parent_id, child_id) VALUES (${b.id}::uuid, ${a.id}::uuid)`,
      unnest: (tx: Tx) => tx.$executeRaw`DELETE FROM group_nestings WHERE parent_id = ${a.id}::uuid`,
    });
    const all = async (actor: UserActor) => {
      const outcomes: Record<string, number | string> = {};
      for (const [name, work] of Object.entries(attempts(actor))) outcomes[name] = await run(actor, work);
      return outcomes;
    };
    const refused = {
      make: "forbidden",
      rename: 0,
      add: "forbidden",
      remove: 0,
      nest: "forbidden",
      unnest: 0,
    };
    for (const actor of [someone, visitor, await makePerson({ role: "admin" })])
      expect(await all(actor)).toEqual(refused);
    const count = (tx: Tx) => tx.$queryRaw<{ n: number }[]>`
      SELECT ((SELECT count(*) FROM groups) + (SELECT count(*) FROM group_memberships) + (SELECT count(*) FROM group_nestings)
        + (SELECT count(*) FROM user_principals WHERE user_id <> app.actor_id()))::int AS n`;
    expect(await transaction(visitor, count)).toEqual([{ n: 0 }]);
    // admins cannot do with SQL: delete a group, or add guests, strangers and unproven addresses
    const byHand = {
      end: (tx: Tx) => tx.$executeRaw`UPDATE groups SET deleted_at = now() WHERE id = ${a.id}::uuid`,
      move: (tx: Tx) =>
        tx.$executeRaw`UPDATE groups SET workspace_id = ${missingId()}::uuid WHERE id = ${a.id}::uuid`,
      guest: attempts(visitor).add,
      stranger: attempts(await makePerson()).add,
      unproven: attempts(await member({ isVerified: false })).add,
      principal: (tx: Tx) =>
        tx.$executeRaw`INSERT INTO user_principals VALUES (${admin.id}::uuid, ${b.id}::uuid)`,
    };
    for (const work of Object.values(byHand)) expect(await run(admin, work)).toBe("forbidden");
    expect(await all(admin)).toMatchObject({
      make: 1,
      rename: 1,
      add: 1,
      remove: 1,
      nest: "conflict",
      unnest: 1,
    });
  });
});

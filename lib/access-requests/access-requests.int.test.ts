import { describe, expect, it } from "vitest";
import { asOwner, makePerson, missingId } from "#prisma/factories.ts";
import { system, type UserActor } from "#lib/authz/actor.ts";
import { getCollection, trashCollection } from "#lib/collections/index.ts";
import { getDocument } from "#lib/documents/index.ts";
import { Prisma, read } from "#lib/db/index.ts";
import {
  changeGrant,
  grant,
  listGrants,
  type ResourceRef,
  revoke,
  setAccessMode,
} from "#lib/sharing/index.ts";
import { address, makeGroup, makeShared, outcome, tally } from "#lib/sharing/test-support.ts";
import { z } from "zod";
import {
  approveAccessRequest,
  askAccess,
  declineAccessRequest,
  getAccessRequest,
  listAccessRequests,
  listOwnAccessRequests,
  sweepAccessRequests,
  withdrawAccessRequest,
} from "./index.ts";

const openAt = async (actor: UserActor, resource: ResourceRef) =>
  (await listAccessRequests(actor, resource, {})).items;
const events = async (requestId: string) =>
  (
    await asOwner<{ name: string }>(
      "SELECT name FROM outbox WHERE data->>'requestId' = $1 AND audience IS NULL ORDER BY id",
      [requestId],
    )
  ).map(({ name }) => name);
const actions = async (resource: ResourceRef) =>
  (
    await asOwner<{ action: string }>("SELECT action FROM audit_events WHERE resource_id = $1 ORDER BY id", [
      resource.id,
    ])
  ).map(({ action }) => action);
const aged = (id: string, by: string) =>
  asOwner(
    `UPDATE access_requests SET asked_at = asked_at - $2::interval, told_at = told_at - $2::interval, answered_at = answered_at - $2::interval WHERE id = $1`,
    [id, by],
  );
const roleOf = async (owner: UserActor, resource: ResourceRef, person: { id: string }) =>
  (await listGrants(owner, resource)).items.find(({ userId }) => userId === person.id)?.role;

describe("asking", () => {
  it("is answered alike for what there is and what there is not, and tells those who can share what there is", async () => {
    const { owner, collection, document } = await makeShared();
    const ann = await makePerson({ name: "Ann" });
    for (const real of [collection, document]) {
      const none = { ...real, id: missingId() };
      const asked = await askAccess(ann, real, { message: "I am the one from the archive" });
      const unheard = await askAccess(ann, none, { message: "I am the one from the archive" });
      const shape = { id: expect.any(String), resource: expect.anything(), askedAt: expect.any(String) };
      expect({ ...asked, ...shape }).toEqual({ ...unheard, ...shape });
      expect(asked).toMatchObject({ resource: real, status: "open", answeredAt: null });
      // the same is kept, written and told on
      expect(await events(asked.id)).toEqual(await events(unheard.id));
      expect((await actions(real)).filter((action) => action.startsWith("access."))).toEqual(
        await actions(none),
      );
      const own = (await listOwnAccessRequests(ann, {})).items;
      expect(own.slice(0, 2).map(({ status }) => status)).toEqual(["open", "open"]);
      expect(await openAt(owner, real)).toMatchObject([
        {
          ...{ id: asked.id, resource: real, person: { id: ann.id, name: "Ann", email: ann.email } },
          ...{ isExternal: true, role: null, permissions: [], message: "I am the one from the archive" },
        },
      ]);
      expect(await getAccessRequest(owner, asked.id)).toMatchObject({ id: asked.id, status: "open" });
      expect(await outcome(getAccessRequest(owner, unheard.id))).toBe("not_found:access_request");
    }
  });

  it("is done once for each person and resource, however parallel, and told once a day", async () => {
    const { owner, collection } = await makeShared();
    const people = await Promise.all([makePerson(), makePerson()]);
    const asked = await Promise.all(
      people.flatMap((person) => Array.from({ length: 8 }, () => askAccess(person, collection, {}))),
    );
    expect(new Set(asked.map(({ id }) => id)).size).toBe(2);
    expect(await openAt(owner, collection)).toHaveLength(2);
    const [first] = asked;
    expect(await events(first!.id)).toEqual(["access.requested"]);
    // taken back and asked again: nobody is told twice on one day
    await withdrawAccessRequest(people[0]!, first!.id);
    expect(await openAt(owner, collection)).toHaveLength(1);
    expect(await outcome(withdrawAccessRequest(people[0]!, first!.id))).toBe("not_found:access_request");
    const again = await askAccess(people[0]!, collection, { message: "Please" });
    expect(again).toMatchObject({ id: first!.id, message: "Please", status: "open" });
    expect(await events(first!.id)).toEqual(["access.requested"]);
    await withdrawAccessRequest(people[0]!, first!.id);
    await aged(first!.id, "1 day 1 minute");
    await askAccess(people[0]!, collection, {});
    expect(await events(first!.id)).toEqual(["access.requested", "access.requested"]);
  });

  it("is bounded for each person, whatever is asked for and however parallel", async () => {
    const { collection } = await makeShared();
    const ann = await makePerson();
    await asOwner(
      "INSERT INTO access_requests (requester_id, resource_type, resource_id) SELECT $1, 'document', uuidv7() FROM generate_series(1, 48)",
      [ann.id],
    );
    const more = [collection, ...Array.from({ length: 5 }, () => ({ ...collection, id: missingId() }))];
    const results = await tally(more.map((resource) => askAccess(ann, resource, {})));
    expect(results).toEqual({ ok: 2, "quota_exceeded:": 4 });
    const error = await askAccess(ann, { type: "document", id: missingId() }, {}).catch((e: unknown) => e);
    expect(error).toMatchObject({ details: { resource: "openRequests", used: 50, limit: 50, requested: 1 } });
    // what nobody answered for a month does not count any more
    await asOwner(
      "UPDATE access_requests SET asked_at = now() - interval '31 days' WHERE requester_id = $1 AND id IN (SELECT id FROM access_requests WHERE requester_id = $1 LIMIT 1)",
      [ann.id],
    );
    expect(await outcome(askAccess(ann, { type: "document", id: missingId() }, {}))).toBe("ok");
  });

  it("is for those who have less: people who manage access have nobody to ask", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const [coOwner, viewer] = [await colleague(), await colleague()];
    await grant(owner, collection, { email: coOwner.email, role: "owner" });
    await grant(owner, collection, { email: viewer.email, role: "viewer" });
    for (const resource of [collection, document]) {
      for (const person of [owner, coOwner])
        expect(await outcome(askAccess(person, resource, {}))).toBe("conflict:manages_access");
      const { id } = await askAccess(viewer, resource, {});
      expect(await openAt(coOwner, resource)).toMatchObject([
        { id, isExternal: false, role: "viewer", permissions: ["view_documents"] },
      ]);
    }
    // who came to manage it by another way is not shown any more
    const [viewersGrant] = (await listGrants(owner, collection)).items.filter(
      ({ userId }) => userId === viewer.id,
    );
    await asOwner(
      "UPDATE permissions SET role_id = (SELECT id FROM roles WHERE workspace_id IS NULL AND name = 'owner') WHERE id = $1",
      [viewersGrant!.id],
    );
    expect(await openAt(owner, collection)).toEqual([]);
  });
});

describe("answers", () => {
  it("are for those who can share it; to others there is no request", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    const [asker, editor, guest, stranger] = [
      await makePerson(),
      await colleague(),
      await colleague({ role: "guest" }),
      await makePerson(),
    ];
    await grant(owner, collection, { email: editor.email, role: "editor" });
    await grant(owner, collection, { email: guest.email, role: "owner" });
    const sysadmin = await makePerson({ isSystemAdmin: true });
    for (const resource of [collection, document]) {
      const { id } = await askAccess(asker, resource, {});
      for (const person of [asker, editor, guest, stranger, sysadmin]) {
        expect(await outcome(getAccessRequest(person, id))).toBe("not_found:access_request");
        expect(await outcome(approveAccessRequest(person, id, { role: "viewer" }))).toBe(
          "not_found:access_request",
        );
        expect(await outcome(declineAccessRequest(person, id))).toBe("not_found:access_request");
        if (person !== asker)
          expect(await outcome(withdrawAccessRequest(person, id))).toBe("not_found:access_request");
      }
      const unseen = resource === collection ? "forbidden:collection" : "not_found:document";
      expect(await outcome(openAt(stranger, resource))).toBe(unseen);
      expect(await outcome(openAt(stranger, { ...resource, id: missingId() }))).toBe(unseen);
      expect(await outcome(openAt(editor, resource))).toBe("forbidden:action");
      expect(await outcome(openAt(guest, resource))).toBe("forbidden:guest_action");
      expect(await getAccessRequest(owner, id)).toMatchObject({ status: "open" });
    }
    await trashCollection(owner, collection.id);
    const [request] = await asOwner<{ id: string }>(
      "SELECT id FROM access_requests WHERE requester_id = $1 AND resource_id = $2",
      [asker.id, collection.id],
    );
    expect(await outcome(getAccessRequest(owner, request!.id))).toBe("not_found:access_request");
    expect(await outcome(approveAccessRequest(owner, request!.id, { role: "viewer" }))).toBe(
      "not_found:access_request",
    );
  });

  it("let in with a role and an end, and say so once", async () => {
    const { owner, collection, document } = await makeShared();
    const asker = await makePerson();
    expect(await outcome(getCollection(asker, collection.id))).toBe("forbidden:collection");
    const { id } = await askAccess(asker, collection, { message: "x" });
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    expect(await approveAccessRequest(owner, id, { role: "commenter", expiresAt })).toEqual({
      id,
      status: "approved",
    });
    expect((await getCollection(asker, collection.id)).role).toBe("commenter");
    expect(await getDocument(asker, document.id)).toBeTruthy();
    const [given] = (await listGrants(owner, collection)).items.filter(({ userId }) => userId === asker.id);
    // they said who they are
    expect(given).toMatchObject({ role: "commenter", expiresAt, isPending: false, email: asker.email });
    expect(await events(id)).toEqual(["access.requested", "access.approved"]);
    // by the letter of every grant
    expect(await asOwner("SELECT FROM outbox WHERE data->>'collaboratorId' = $1", [given!.id])).toHaveLength(
      1,
    );
    expect(await actions(collection)).toEqual(
      expect.arrayContaining(["access.requested", "permission.granted", "access.approved"]),
    );
    expect(await openAt(owner, collection)).toEqual([]);
    expect(await getAccessRequest(owner, id)).toMatchObject({
      status: "approved",
      answeredBy: { id: owner.id },
      role: "commenter",
    });
    expect((await listOwnAccessRequests(asker, { resourceId: collection.id })).items).toMatchObject([
      { id, status: "approved", answeredAt: expect.any(String) },
    ]);
    expect(await outcome(approveAccessRequest(owner, id, { role: "viewer" }))).toBe(
      "conflict:request_answered",
    );
    expect(await outcome(declineAccessRequest(owner, id))).toBe("conflict:request_answered");
    // revoked, they may ask anew
    await revoke(owner, collection, given!.id);
    expect(await askAccess(asker, collection, {})).toMatchObject({ id, status: "open" });
  });

  it("never give more than whoever answers holds, nor for longer, nor less than somebody has", async () => {
    const { owner, collection, colleague } = await makeShared();
    const [sharer, asker] = [await colleague(), await makePerson()];
    const [role] = await asOwner<{ id: string }>(
      "INSERT INTO roles (workspace_id, name, mask) VALUES ($1, 'Sharer', 513) RETURNING id",
      [owner.workspaceId],
    );
    const soon = new Date(Date.now() + 60_000).toISOString();
    await grant(owner, collection, { email: sharer.email, roleId: role!.id, expiresAt: soon });
    const { id } = await askAccess(asker, collection, {});
    expect(await outcome(approveAccessRequest(sharer, id, { role: "editor" }))).toBe(
      "forbidden:above_own_rights",
    );
    expect(await outcome(approveAccessRequest(sharer, id, { role: "viewer" }))).toBe(
      "forbidden:beyond_own_end",
    );
    expect((await openAt(owner, collection)).map((request) => request.id)).toEqual([id]);
    expect(await outcome(approveAccessRequest(sharer, id, { role: "viewer", expiresAt: soon }))).toBe("ok");
    // an editor who asked for something else stays one
    const editor = await colleague();
    const more = await askAccess(editor, collection, {});
    await asOwner(
      "INSERT INTO permissions (user_id, collection_id, role_id) SELECT $1, $2, id FROM roles WHERE workspace_id IS NULL AND name = 'editor'",
      [editor.id, collection.id],
    );
    await approveAccessRequest(owner, more.id, { role: "viewer" });
    expect(await roleOf(owner, collection, editor)).toBe("editor");
  });

  it("obey the limit of collaborators as every grant does", async () => {
    const { owner, collection } = await makeShared({ collaborators: 1 });
    const [one, two] = [await makePerson(), await makePerson()];
    const asked = [await askAccess(one, collection, {}), await askAccess(two, collection, {})];
    const results = await tally(asked.map(({ id }) => approveAccessRequest(owner, id, { role: "viewer" })));
    expect(results).toEqual({ ok: 1, "quota_exceeded:": 1 });
    expect(await openAt(owner, collection)).toHaveLength(1);
  });

  it("decline without a trace in the grants, and hold for a week", async () => {
    const { owner, collection } = await makeShared();
    const asker = await makePerson();
    const { id } = await askAccess(asker, collection, {});
    await declineAccessRequest(owner, id);
    expect(await events(id)).toEqual(["access.requested", "access.declined"]);
    expect(await outcome(getCollection(asker, collection.id))).toBe("forbidden:collection");
    expect(await outcome(askAccess(asker, collection, {}))).toBe("conflict:request_declined");
    expect((await listOwnAccessRequests(asker, {})).items).toMatchObject([{ status: "declined" }]);
    await aged(id, "7 days 1 minute");
    expect(await askAccess(asker, collection, {})).toMatchObject({ id, status: "open" });
  });

  it("come one at a time: of all that are given at once one counts", async () => {
    const { owner, collection, colleague } = await makeShared();
    const other = await colleague();
    await grant(owner, collection, { email: other.email, role: "owner" });
    for (let round = 0; round < 6; round++) {
      const asker = await makePerson();
      const { id } = await askAccess(asker, collection, {});
      const results = await tally([
        approveAccessRequest(owner, id, { role: "editor" }),
        declineAccessRequest(other, id),
        approveAccessRequest(other, id, { role: "viewer" }),
        withdrawAccessRequest(asker, id),
      ]);
      expect(results.ok).toBe(1);
      const [row] = await asOwner<{ status: string; grants: number }>(
        `SELECT r.status, (SELECT count(*)::int FROM permissions p WHERE p.user_id = r.requester_id AND p.deleted_at IS NULL) AS grants
           FROM access_requests r WHERE r.id = $1`,
        [id],
      );
      expect(row!.grants).toBe(row!.status === "approved" ? 1 : 0);
      expect((await events(id)).length).toBe(row!.status === "withdrawn" ? 1 : 2);
    }
  });

  it("are not needed where somebody gives access in the list of grants at the same time", async () => {
    const { owner, collection, document, colleague } = await makeShared();
    for (const resource of [collection, document]) {
      const asker = await colleague();
      const { id } = await askAccess(asker, resource, {});
      const given = await grant(owner, resource, { email: asker.email, role: "viewer" });
      expect(await openAt(owner, resource)).toEqual([]);
      expect(await events(id)).toEqual(["access.requested", "access.approved"]);
      // more than they have, by a change of their role; less settles nothing
      const more = await askAccess(asker, resource, {});
      await changeGrant(owner, resource, given.id, {
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
      });
      expect(await openAt(owner, resource)).toHaveLength(1);
      await changeGrant(owner, resource, given.id, { role: "editor" });
      expect(await openAt(owner, resource)).toEqual([]);
      expect(more.id).toBe(id);
    }
    for (let round = 0; round < 5; round++) {
      const asker = await makePerson();
      const { id } = await askAccess(asker, collection, {});
      await tally([
        approveAccessRequest(owner, id, { role: "viewer" }),
        grant(owner, collection, { email: asker.email, role: "viewer" }),
        grant(owner, collection, { email: asker.email, role: "viewer" }),
      ]);
      const rows = await asOwner("SELECT FROM permissions WHERE user_id = $1 AND deleted_at IS NULL", [
        asker.id,
      ]);
      expect(rows).toHaveLength(1);
      expect(await events(id)).toEqual(["access.requested", "access.approved"]);
    }
  });

  it("go to whoever asked, also when they change their address meanwhile", async () => {
    const { owner, collection } = await makeShared();
    const asker = await makePerson();
    const { id } = await askAccess(asker, collection, {});
    const next = address();
    const heir = await makePerson();
    await asOwner("UPDATE users SET email = $2, email_normalized = $2 WHERE id = $1", [asker.id, next]);
    await asOwner("UPDATE users SET email = $2, email_normalized = $2 WHERE id = $1", [heir.id, asker.email]);
    await approveAccessRequest(owner, id, { role: "viewer" });
    expect(await outcome(getCollection(asker, collection.id))).toBe("ok");
    expect(await outcome(getCollection(heir, collection.id))).toBe("forbidden:collection");
  });

  it("let nobody in who is suspended, nor by a request from a month ago", async () => {
    const { owner, collection } = await makeShared();
    const [suspended, late] = [await makePerson(), await makePerson()];
    const [one, two] = [await askAccess(suspended, collection, {}), await askAccess(late, collection, {})];
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [suspended.id]);
    await aged(two.id, "31 days");
    expect(await openAt(owner, collection)).toEqual([]);
    expect(await outcome(approveAccessRequest(owner, one.id, { role: "viewer" }))).toBe(
      "not_found:access_request",
    );
    expect(await outcome(approveAccessRequest(owner, two.id, { role: "viewer" }))).toBe(
      "conflict:request_answered",
    );
    expect(await outcome(getCollection(late, collection.id))).toBe("forbidden:collection");
    expect(await outcome(askAccess(suspended, collection, {}))).toBe("forbidden:actor");
  });
});

it("keeps quiet about documents that nobody but their owner opens", async () => {
  const { owner, collection, document } = await makeShared();
  const asker = await makePerson();
  await setAccessMode(owner, document.id, "private");
  const { id } = await askAccess(asker, document, {});
  // their owner, who manages the collection, can decide; it opens with the document
  expect(await outcome(approveAccessRequest(owner, id, { role: "viewer" }))).toBe("ok");
  expect(await events(id)).toEqual(["access.requested"]);
  expect(await outcome(getDocument(asker, document.id))).toBe("not_found:document");
  await setAccessMode(owner, document.id, "collection");
  expect(await outcome(getDocument(asker, document.id))).toBe("ok");
  expect(await openAt(owner, collection)).toEqual([]);
});

it("knows who can answer, through groups too, and never guests, suspended people or whoever asks", async () => {
  const { owner, workspaceId, collection, document, colleague } = await makeShared();
  const [member, guest, gone, reader, asker] = [
    await colleague(),
    await colleague({ role: "guest" }),
    await colleague(),
    await colleague(),
    await makePerson(),
  ];
  const group = await makeGroup(workspaceId, { people: [member] });
  await grant(owner, collection, { groupId: group, role: "owner" });
  for (const { email } of [guest, gone]) await grant(owner, collection, { email, role: "owner" });
  await grant(owner, collection, { email: reader.email, role: "viewer" });
  await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [gone.id]);
  const answerers = async (requestId: string) =>
    (
      await read(
        system,
        z.object({ user_id: z.string() }),
        Prisma.sql`SELECT user_id FROM app.access_requested_recipients(${JSON.stringify({ requestId })}::jsonb) ORDER BY user_id`,
      )
    ).map(({ user_id }) => user_id);
  const asked = await askAccess(asker, collection, {});
  expect(await answerers(asked.id)).toEqual([owner.id, member.id].toSorted());
  const onDocument = await askAccess(asker, document, {});
  expect(await answerers(onDocument.id)).toEqual([owner.id, member.id].toSorted());
  await setAccessMode(owner, document.id, "invite");
  expect(await answerers(onDocument.id)).toEqual([owner.id]);
  expect(await answerers((await askAccess(asker, { ...collection, id: missingId() }, {})).id)).toEqual([]);
});

it("removes what was asked two months ago", async () => {
  const { collection } = await makeShared();
  const asker = await makePerson();
  const { id } = await askAccess(asker, collection, {});
  await aged(id, "59 days");
  await sweepAccessRequests();
  expect((await listOwnAccessRequests(asker, {})).items).toMatchObject([{ status: "lapsed" }]);
  await aged(id, "2 days");
  expect(await sweepAccessRequests()).toBeGreaterThan(0);
  expect((await listOwnAccessRequests(asker, {})).items).toEqual([]);
});

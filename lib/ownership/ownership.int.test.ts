import { describe, expect, it } from "vitest";
import { asOwner, makePerson, missingId, type Person } from "#prisma/factories.ts";
import {
  createCollection,
  deleteCollection,
  getCollection,
  listCollections,
  restoreCollection,
  trashCollection,
} from "#lib/collections/index.ts";
import { createLink } from "#lib/links/index.ts";
import { listMails } from "#lib/mail/index.ts";
import { listNotifications, mailNotifications } from "#lib/notifications/index.ts";
import { kindsOf, tellAll } from "#lib/notifications/test-support.ts";
import { getQuota } from "#lib/quota/index.ts";
import { changeGrant, grant, listGrants, revoke } from "#lib/sharing/index.ts";
import { makeGroup, makeShared, outcome, tally } from "#lib/sharing/test-support.ts";
import { removeMember } from "#lib/workspaces/index.ts";
import {
  acceptTransfer,
  declineTransfer,
  findTransferOf,
  getTransfer,
  listPossibleOwners,
  offerTransfer,
  sweepTransfers,
  withdrawTransfer,
} from "./index.ts";

/** A collection, its owner, and a colleague who reads it. */
async function makeOffered(role: "viewer" | "editor" | "owner" = "viewer") {
  const shared = await makeShared();
  const heir = await shared.colleague({ name: "Heir" });
  const given = await grant(shared.owner, shared.collection, { email: heir.email, role, notify: false });
  const offer = await offerTransfer(shared.owner, shared.collection.id, { email: heir.email });
  return { ...shared, heir, given, offer };
}
const rolesOf = async (collectionId: string) =>
  Object.fromEntries(
    (
      await asOwner<{ user_id: string; name: string }>(
        `SELECT p.user_id, r.name FROM permissions p JOIN roles r ON r.id = p.role_id
          WHERE p.collection_id = $1 AND p.user_id IS NOT NULL AND p.deleted_at IS NULL`,
        [collectionId],
      )
    ).map(({ user_id, name }) => [user_id, name]),
  );
const countOf = async (person: Person) => (await getQuota(person)).collections.used;
/** What is counted is what there is, and what the ledger tells. */
async function expectExact(...people: Person[]) {
  for (const { id } of people) {
    const [row] = await asOwner<{ used: number; owned: number; told: number }>(
      `SELECT collections_used AS used, (SELECT count(*)::int FROM collections WHERE owner_id = $1) AS owned,
              (SELECT coalesce(sum(collections), 0)::int FROM quota_ledger WHERE user_id = $1) AS told
         FROM user_quotas WHERE user_id = $1`,
      [id],
    );
    expect(row).toEqual({ used: row!.owned, owned: row!.owned, told: row!.owned });
  }
}
const ownerOf = async (id: string) =>
  (await asOwner<{ owner_id: string }>("SELECT owner_id FROM collections WHERE id = $1", [id]))[0]?.owner_id;
const setRoom = (person: Person, count: number) =>
  asOwner("UPDATE user_quotas SET collections_override = $2 WHERE user_id = $1", [person.id, count]);
const actionsOf = async (collectionId: string) =>
  (
    await asOwner<{ action: string }>(
      "SELECT action FROM audit_events WHERE resource_id = $1 AND (action LIKE 'ownership.%' OR metadata->>'because' = 'transfer') ORDER BY id",
      [collectionId],
    )
  ).map(({ action }) => action);

describe("a transfer", () => {
  it("changes the owner and nothing else: grants, links and documents stay as they are", async () => {
    const { owner, heir, collection, document, offer, colleague } = await makeOffered();
    const other = await colleague();
    const kept = await grant(owner, collection, { email: other.email, role: "commenter", notify: false });
    const link = await createLink(owner, collection, { role: "viewer" });
    expect(offer).toMatchObject({
      ...{
        status: "offered",
        collection: { id: collection.id },
        from: { id: owner.id },
        to: { id: heir.id },
      },
    });
    expect(Date.parse(offer.expiresAt) - Date.parse(offer.offeredAt)).toBe(14 * 86_400_000);
    expect(await ownerOf(collection.id)).toBe(owner.id);
    const before = [await countOf(owner), await countOf(heir)];
    expect(await acceptTransfer(heir, offer.id)).toMatchObject({ status: "accepted" });
    expect(await getCollection(heir, collection.id)).toMatchObject({ owner: { id: heir.id }, role: "owner" });
    expect(await getCollection(owner, collection.id)).toMatchObject({ role: "editor" });
    expect(await rolesOf(collection.id)).toEqual({
      [owner.id]: "editor",
      [heir.id]: "owner",
      [other.id]: "commenter",
    });
    expect((await listGrants(heir, collection)).items.map(({ id }) => id)).toContain(kept.id);
    const [row] = await asOwner<{ revoked_at: Date | null; documents: number }>(
      `SELECT l.revoked_at, (SELECT count(*)::int FROM documents d WHERE d.id = $2 AND d.owner_id = $3) AS documents
         FROM public_links l WHERE l.id = $1`,
      [link.id, document.id, owner.id],
    );
    expect(row).toEqual({ revoked_at: null, documents: 1 });
    expect([await countOf(owner), await countOf(heir)]).toEqual([before[0]! - 1, before[1]! + 1]);
    await expectExact(owner, heir);
    expect(await actionsOf(collection.id)).toEqual([
      ...["ownership.offered", "ownership.transferred", "permission.changed", "permission.changed"],
    ]);
    // its new owner has all that owners have, and gives it on; it counts for whoever has it
    const back = await offerTransfer(heir, collection.id, { email: owner.email });
    await acceptTransfer(owner, back.id);
    await asOwner("DELETE FROM documents WHERE id = $1", [document.id]);
    await deleteCollection(owner, collection.id);
    await expectExact(owner, heir);
  });

  it("can go to whoever opens it through a group, and makes them an owner themselves", async () => {
    const { owner, workspaceId, collection, colleague } = await makeShared();
    const heir = await colleague();
    await grant(owner, collection, {
      groupId: await makeGroup(workspaceId, { people: [heir] }),
      role: "viewer",
    });
    const { id } = await offerTransfer(owner, collection.id, { email: ` ${heir.email.toUpperCase()} ` });
    await acceptTransfer(heir, id);
    expect(await rolesOf(collection.id)).toEqual({ [owner.id]: "editor", [heir.id]: "owner" });
    expect((await listCollections(heir, { scope: "owned" })).items.map((one) => one.id)).toEqual([
      collection.id,
    ]);
  });

  it("makes an end of the new owner's own access moot", async () => {
    const { owner, collection, colleague } = await makeShared();
    const heir = await colleague();
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    await grant(owner, collection, { email: heir.email, role: "viewer", expiresAt });
    await acceptTransfer(heir, (await offerTransfer(owner, collection.id, { email: heir.email })).id);
    const [row] = await asOwner(
      "SELECT expires_at FROM permissions WHERE user_id = $1 AND collection_id = $2 AND deleted_at IS NULL",
      [heir.id, collection.id],
    );
    expect(row).toEqual({ expires_at: null });
  });

  it("needs room for a collection, and says how much there is", async () => {
    const { owner, heir, collection, offer } = await makeOffered();
    await createCollection(heir, { name: "Own", description: "" });
    await setRoom(heir, 1);
    const error = await acceptTransfer(heir, offer.id).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: "quota_exceeded",
      details: { resource: "collections", used: 1, limit: 1, requested: 1 },
    });
    expect(await ownerOf(collection.id)).toBe(owner.id);
    expect(await getTransfer(heir, offer.id)).toMatchObject({ status: "offered" });
    await expectExact(owner, heir);
    await setRoom(heir, 2);
    expect(await outcome(acceptTransfer(heir, offer.id))).toBe("ok");
  });
});

describe("an offer", () => {
  it("is the owner's to make, to members who can open the collection, and tells no more than that", async () => {
    const { owner, collection, colleague } = await makeShared();
    const [coOwner, reader, stranger, guest, unproven, suspended] = [
      ...[await colleague(), await colleague(), await makePerson()],
      ...[await colleague({ role: "guest" }), await colleague(), await colleague()],
    ];
    await grant(owner, collection, { email: coOwner!.email, role: "owner", notify: false });
    for (const { email } of [guest!, stranger!, unproven!, suspended!])
      await grant(owner, collection, { email, role: "editor", notify: false });
    await asOwner("UPDATE users SET email_verified_at = NULL WHERE id = $1", [unproven!.id]);
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [suspended!.id]);
    const offer = (person: Person, to: { email: string }) =>
      outcome(offerTransfer(person, collection.id, { email: to.email }));
    for (const person of [
      reader!,
      stranger!,
      guest!,
      unproven!,
      suspended!,
      owner,
      { email: "no@example.net" },
    ])
      expect(await offer(owner, person)).toBe("conflict:cannot_take_over");
    expect(await offer(coOwner!, coOwner!)).toBe("forbidden:action");
    expect(await offer(reader!, coOwner!)).toBe("forbidden:collection");
    expect(await outcome(offerTransfer(owner, missingId(), { email: coOwner!.email }))).toBe(
      "forbidden:collection",
    );
    expect(await outcome(listPossibleOwners(coOwner!, collection.id, {}))).toBe("forbidden:action");
    expect(await outcome(listPossibleOwners(reader!, collection.id, {}))).toBe("forbidden:collection");
    expect((await listPossibleOwners(owner, collection.id, {})).items.map(({ id }) => id)).toEqual([
      coOwner!.id,
    ]);
    await trashCollection(owner, collection.id);
    expect(await offer(owner, coOwner!)).toBe("forbidden:collection");
  });

  it("finds people by the beginning of a name or address", async () => {
    const { owner, collection, colleague } = await makeShared();
    for (const name of ["Änne Ott", "Ben Klein"]) {
      const { email } = await colleague({ name });
      await grant(owner, collection, { email, role: "viewer", notify: false });
    }
    const found = async (q: string) =>
      (await listPossibleOwners(owner, collection.id, { q })).items.map(({ name }) => name);
    expect(await found("")).toHaveLength(2);
    expect(await found("än")).toEqual(["Änne Ott"]);
    expect(await found("klein")).toEqual(["Ben Klein"]);
    expect(await found("%")).toEqual([]);
  });

  it("is between two people: to all others there is none", async () => {
    const { owner, heir, collection, offer, colleague } = await makeOffered();
    const reader = await colleague();
    await grant(owner, collection, { email: reader.email, role: "owner", notify: false });
    for (const person of [reader, await makePerson(), await makePerson({ isSystemAdmin: true })])
      for (const attempt of [getTransfer, acceptTransfer, declineTransfer, withdrawTransfer])
        expect(await outcome(attempt(person, offer.id))).toBe("not_found:transfer");
    expect(await outcome(acceptTransfer(owner, offer.id))).toBe("not_found:transfer");
    expect(await outcome(declineTransfer(owner, offer.id))).toBe("not_found:transfer");
    expect(await outcome(withdrawTransfer(heir, offer.id))).toBe("not_found:transfer");
    for (const person of [owner, heir])
      expect((await findTransferOf(person, collection.id)).transfer?.id).toBe(offer.id);
    expect((await findTransferOf(owner, collection.id)).canOffer).toBe(true);
    expect(await findTransferOf(reader, collection.id)).toEqual({ canOffer: false, transfer: null });
    expect(await outcome(findTransferOf(await makePerson(), collection.id))).toBe("forbidden:collection");
  });

  it("waits alone, can be withdrawn or declined, and is over after 14 days", async () => {
    const { owner, heir, collection, offer, colleague } = await makeOffered();
    const second = await colleague();
    await grant(owner, collection, { email: second.email, role: "viewer", notify: false });
    expect(await offerTransfer(owner, collection.id, { email: heir.email })).toEqual(offer);
    expect(await outcome(offerTransfer(owner, collection.id, { email: second.email }))).toBe(
      "conflict:transfer_waits",
    );
    await withdrawTransfer(owner, offer.id);
    expect(await outcome(acceptTransfer(heir, offer.id))).toBe("conflict:transfer_answered");
    const declined = await offerTransfer(owner, collection.id, { email: second.email });
    expect(await declineTransfer(second, declined.id)).toMatchObject({ status: "declined" });
    expect(await outcome(acceptTransfer(second, declined.id))).toBe("conflict:transfer_answered");
    const late = await offerTransfer(owner, collection.id, { email: heir.email });
    await asOwner("UPDATE ownership_transfers SET expires_at = now() WHERE id = $1", [late.id]);
    expect(await getTransfer(heir, late.id)).toMatchObject({ status: "lapsed" });
    expect(await outcome(acceptTransfer(heir, late.id))).toBe("conflict:transfer_answered");
    expect(await findTransferOf(owner, collection.id)).toMatchObject({ transfer: null });
    expect(await outcome(offerTransfer(owner, collection.id, { email: second.email }))).toBe("ok");
    expect(await actionsOf(collection.id)).toEqual([
      ...["ownership.offered", "ownership.withdrawn", "ownership.offered", "ownership.declined"],
      ...["ownership.offered", "ownership.offered"],
    ]);
    await asOwner("UPDATE ownership_transfers SET expires_at = now() - interval '61 days' WHERE id = $1", [
      declined.id,
    ]);
    expect(await sweepTransfers()).toBeGreaterThan(0);
    expect(await outcome(getTransfer(second, declined.id))).toBe("not_found:transfer");
  });

  it("is nothing to whoever loses access, is suspended or leaves, and makes way for another", async () => {
    const { owner, heir, collection, offer, given, colleague } = await makeOffered();
    await revoke(owner, collection, given.id);
    expect(await outcome(getTransfer(heir, offer.id))).toBe("not_found:transfer");
    expect(await outcome(acceptTransfer(heir, offer.id))).toBe("not_found:transfer");
    expect(await findTransferOf(owner, collection.id)).toMatchObject({ transfer: null });
    const second = await colleague();
    await grant(owner, collection, { email: second.email, role: "editor", notify: false });
    const next = await offerTransfer(owner, collection.id, { email: second.email });
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [second.id]);
    expect(await outcome(acceptTransfer(second, next.id))).toBe("not_found:transfer");
    expect(await getTransfer(owner, next.id)).toMatchObject({ status: "lapsed" });
    await asOwner("UPDATE users SET suspended_at = NULL WHERE id = $1", [second.id]);
    await removeMember(second, second.id);
    expect(await outcome(acceptTransfer(second, next.id))).toBe("not_found:transfer");
    // who is invited again from elsewhere opens it, and can't own it
    await grant(owner, collection, { email: second.email, role: "editor", notify: false });
    expect(await outcome(acceptTransfer(second, next.id))).toBe("conflict:cannot_take_over");
  });

  it("rests while its owner is suspended or the collection is in the trash", async () => {
    const { owner, heir, collection, offer } = await makeOffered();
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [owner.id]);
    expect(await outcome(acceptTransfer(heir, offer.id))).toBe("conflict:cannot_take_over");
    await asOwner("UPDATE users SET suspended_at = NULL WHERE id = $1", [owner.id]);
    await trashCollection(owner, collection.id);
    expect(await outcome(acceptTransfer(heir, offer.id))).toBe("not_found:transfer");
    await restoreCollection(owner, collection.id);
    expect(await outcome(acceptTransfer(heir, offer.id))).toBe("ok");
  });

  it("lets its former owner leave the workspace, which owners can't", async () => {
    const { owner, heir, offer } = await makeOffered();
    await asOwner("UPDATE users SET workspace_role = 'admin' WHERE id = $1", [heir.id]);
    expect(await outcome(removeMember(owner, owner.id))).toBe("conflict:owns_collections");
    await acceptTransfer(heir, offer.id);
    expect(await outcome(removeMember(owner, owner.id))).toBe("ok");
  });
});

describe("at the same moment", () => {
  const rounds = 6;
  it("one of all answers counts", async () => {
    for (let round = 0; round < rounds; round++) {
      const { owner, heir, collection, offer } = await makeOffered();
      const results = await tally([
        acceptTransfer(heir, offer.id),
        acceptTransfer(heir, offer.id),
        declineTransfer(heir, offer.id),
        withdrawTransfer(owner, offer.id),
      ]);
      expect(results).toEqual({ ok: 1, "conflict:transfer_answered": 3 });
      const { status } = await getTransfer(heir, offer.id);
      expect(await ownerOf(collection.id)).toBe(status === "accepted" ? heir.id : owner.id);
      await expectExact(owner, heir);
    }
  });

  it("the collection is deleted by its owner, or theirs no more", async () => {
    for (let round = 0; round < rounds; round++) {
      const { owner, heir, collection, document, offer } = await makeOffered();
      await asOwner("DELETE FROM documents WHERE id = $1", [document.id]);
      const [accepted, deleted] = await Promise.all([
        outcome(acceptTransfer(heir, offer.id)),
        outcome(round % 2 ? deleteCollection(owner, collection.id) : trashCollection(owner, collection.id)),
      ]);
      if (accepted === "ok") expect(deleted).toBe("forbidden:action");
      else expect([accepted, deleted]).toEqual(["not_found:transfer", "ok"]);
      await expectExact(owner, heir);
    }
  });

  it("the new owner is removed, or has taken over", async () => {
    for (let round = 0; round < rounds; round++) {
      const { owner, heir, collection, given, offer } = await makeOffered();
      const [accepted, revoked] = await Promise.all([
        outcome(acceptTransfer(heir, offer.id)),
        outcome(revoke(owner, collection, given.id)),
      ]);
      if (accepted === "ok") {
        expect(revoked).toMatch(/^forbidden:/);
        expect(await rolesOf(collection.id)).toEqual({ [owner.id]: "editor", [heir.id]: "owner" });
      } else {
        expect([accepted, revoked]).toEqual(["not_found:transfer", "ok"]);
        expect(await rolesOf(collection.id)).toEqual({ [owner.id]: "owner" });
      }
      await expectExact(owner, heir);
    }
  });

  it("a change of the new owner's role leaves an owner", async () => {
    for (let round = 0; round < rounds; round++) {
      const { owner, heir, collection, given, offer } = await makeOffered();
      await tally([
        changeGrant(owner, collection, given.id, { role: "commenter" }),
        acceptTransfer(heir, offer.id),
        grant(owner, collection, { email: heir.email, role: "viewer" }),
      ]);
      expect(await rolesOf(collection.id)).toEqual({ [owner.id]: "editor", [heir.id]: "owner" });
    }
  });

  it("two collections meet the last free place of a quota", async () => {
    for (let round = 0; round < rounds; round++) {
      const { owner, heir, offer } = await makeOffered();
      const second = await createCollection(owner, { name: "Second", description: "" });
      await grant(owner, { type: "collection", id: second.id }, { email: heir.email, role: "viewer" });
      const other = await offerTransfer(owner, second.id, { email: heir.email });
      await setRoom(heir, 1);
      const results = await tally([
        acceptTransfer(heir, offer.id),
        acceptTransfer(heir, other.id),
        createCollection(heir, { name: "Own", description: "" }),
      ]);
      expect(results).toEqual({ ok: 1, "quota_exceeded:": 2 });
      await expectExact(owner, heir);
      expect(await countOf(heir)).toBe(1);
    }
  });

  it("two people who give each other a collection both have one", async () => {
    for (let round = 0; round < rounds; round++) {
      const { owner, heir, collection, offer } = await makeOffered();
      const theirs = await createCollection(heir, { name: "Theirs", description: "" });
      await grant(heir, { type: "collection", id: theirs.id }, { email: owner.email, role: "viewer" });
      const back = await offerTransfer(heir, theirs.id, { email: owner.email });
      expect(await tally([acceptTransfer(heir, offer.id), acceptTransfer(owner, back.id)])).toEqual({
        ok: 2,
      });
      expect([await ownerOf(collection.id), await ownerOf(theirs.id)]).toEqual([heir.id, owner.id]);
      await expectExact(owner, heir);
    }
  });

  it("offers to two people leave one", async () => {
    for (let round = 0; round < rounds; round++) {
      const { owner, collection, colleague } = await makeShared();
      const people = [await colleague(), await colleague()];
      for (const { email } of people)
        await grant(owner, collection, { email, role: "viewer", notify: false });
      const offers = people.map(({ email }) => offerTransfer(owner, collection.id, { email }));
      expect(await tally(offers)).toEqual({ ok: 1, "conflict:transfer_waits": 1 });
    }
  });

  it("the new owner leaves the workspace, or has taken over", async () => {
    for (let round = 0; round < rounds; round++) {
      const { owner, heir, collection, offer, colleague } = await makeOffered();
      const admin = await colleague();
      await asOwner("UPDATE users SET workspace_role = 'admin' WHERE id = $1", [admin.id]);
      const [accepted, removed] = await Promise.all([
        outcome(acceptTransfer(heir, offer.id)),
        outcome(removeMember(admin, heir.id)),
      ]);
      if (accepted === "ok") expect(removed).toBe("conflict:owns_collections");
      else expect(removed).toBe("ok");
      expect(await ownerOf(collection.id)).toBe(accepted === "ok" ? heir.id : owner.id);
      await expectExact(owner, heir);
    }
  });
});

describe("people are told", () => {
  const first = async (person: Person) => {
    await tellAll();
    return (await listNotifications(person, {})).items[0];
  };
  it("whoever is offered it, and by mail; then whoever offered it, what became of that", async () => {
    const { owner, heir, collection, offer } = await makeOffered();
    expect(await first(heir)).toMatchObject({
      ...{ kind: "ownershipOffered", actor: { id: owner.id }, collection: { id: collection.id } },
      path: `/transfers/${offer.id}`,
    });
    expect(await mailNotifications(heir.id)).toBe("sent");
    const mails = (await listMails(500)).filter(({ to }) => to === heir.email);
    expect(mails).toHaveLength(1);
    expect(mails[0]!.subject).toBe(`${owner.name} offers you “Letters”: it becomes yours if you accept`);
    expect(mails[0]!.text).toContain(`/transfers/${offer.id}`);
    await declineTransfer(heir, offer.id);
    expect(await first(owner)).toMatchObject({ kind: "ownershipDeclined", actor: { id: heir.id } });
    const again = await offerTransfer(owner, collection.id, { email: heir.email });
    await acceptTransfer(heir, again.id);
    expect(await first(owner)).toMatchObject({ kind: "ownershipAccepted", actor: { id: heir.id } });
    expect(await mailNotifications(owner.id)).toBe("sent");
  });

  it("nobody of what was withdrawn or lost before", async () => {
    const { owner, heir, collection, given, offer } = await makeOffered();
    await withdrawTransfer(owner, offer.id);
    expect(await kindsOf(heir)).not.toContain("ownershipOffered");
    await offerTransfer(owner, collection.id, { email: heir.email });
    await revoke(owner, collection, given.id);
    expect(await kindsOf(heir)).not.toContain("ownershipOffered");
  });

  it("on open pages, the two people and nobody else", async () => {
    const { owner, heir, offer } = await makeOffered();
    await declineTransfer(heir, offer.id);
    const told = await asOwner<{ audience: string[] }>(
      "SELECT audience FROM outbox WHERE name = 'transfer/changed' AND data->>'transferId' = $1",
      [offer.id],
    );
    expect(told.map(({ audience }) => audience.toSorted())).toEqual(
      Array.from({ length: 2 }, () => [owner.id, heir.id].toSorted()),
    );
  });
});

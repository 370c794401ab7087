import { describe, expect, it } from "vitest";
import { asOwner, makeDocument, makePerson, missingId } from "#prisma/factories.ts";
import { type Actor } from "#lib/authz/actor.ts";
import { builtInRoles } from "#lib/authz/permissions.ts";
import { resolveMask } from "#lib/authz/resolve.ts";
import { getCollection, restoreCollection, trashCollection } from "#lib/collections/index.ts";
import { Prisma, transaction } from "#lib/db/index.ts";
import { getContentUrl, getDocument, restoreDocument, trashDocument } from "#lib/documents/index.ts";
import {
  addCollaborator,
  grant,
  listAccess,
  listGrants,
  setAccessMode,
  setVisibility,
} from "#lib/sharing/index.ts";
import { type AccessMode } from "#lib/sharing/schema.ts";
import { address, makeRole, makeShared, outcome, putGrant, tally } from "#lib/sharing/test-support.ts";
import { createLink, listLinks, revokeLink } from "./index.ts";
import { visitorOf } from "./test-support.ts";

async function rightsOf(
  actor: Actor,
  { type, id }: { type: "collection" | "document"; id: string },
): Promise<number> {
  const [row] = await transaction(
    actor,
    (tx) =>
      tx.$queryRaw<
        { mask: number }[]
      >`SELECT app.rights(${type === "collection" ? id : null}::uuid, ${type === "document" ? id : null}::uuid) AS mask`,
  );
  return row!.mask;
}

describe("a link", () => {
  it("opens a collection and what the collection opens in it, as its role says, and nothing else", async () => {
    const { owner, collection, document } = await makeShared();
    const hidden = await makeDocument(owner, collection.id);
    await setAccessMode(owner, hidden.id, "invite");
    const elsewhere = await makeShared();
    const made = await createLink(owner, collection, { role: "commenter", name: "Press" });
    expect(made).toMatchObject({ name: "Press", role: "commenter", expiresAt: null });
    const visitor = await visitorOf(made.token);
    expect(visitor).toEqual({ kind: "visitor", linkId: made.id });

    // whose it is, but nobody who is in it
    expect(await getCollection(visitor, collection.id)).toMatchObject({
      id: collection.id,
      owner: { name: owner.name },
      people: [],
    });
    expect((await getDocument(visitor, document.id)).id).toBe(document.id);
    const listed = await transaction(visitor, (tx) => tx.document.findMany({ select: { id: true } }));
    expect(listed.map(({ id }) => id)).toEqual([document.id]);
    expect(await rightsOf(visitor, collection)).toBe(builtInRoles.commenter);
    expect(await rightsOf(visitor, document)).toBe(builtInRoles.commenter);

    expect(await outcome(getDocument(visitor, hidden.id))).toBe("not_found:document");
    expect(await outcome(getContentUrl(visitor, hidden.id, "inline"))).toBe("not_found:document");
    expect(await outcome(getCollection(visitor, elsewhere.collection.id))).toBe("forbidden:collection");
    expect(await outcome(getDocument(visitor, elsewhere.document.id))).toBe("not_found:document");
  });

  it("of a document opens it in the mode link alone, and its collection never", async () => {
    const { owner, collection, document } = await makeShared();
    const { token, id } = await createLink(owner, document, { role: "viewer" });
    expect(await outcome(visitorOf(token))).toBe("not_found:link");
    const visitor = { kind: "visitor", linkId: id } as const;
    // the pure twin of the database says the same
    const twin = (accessMode: AccessMode) =>
      resolveMask(
        { type: "document", ownerId: owner.id, accessMode },
        { id: null, principals: [id], isSuspended: false },
        [
          {
            id: "grant",
            resource: "document",
            principal: id,
            mask: builtInRoles.viewer,
            isExpired: false,
            isLink: true,
          },
        ],
      );
    for (const mode of ["private", "collection", "invite"] as const) {
      await setAccessMode(owner, document.id, mode);
      expect([mode, await rightsOf(visitor, document), twin(mode)]).toEqual([mode, 0, 0]);
      expect([mode, await outcome(getDocument(visitor, document.id))]).toEqual([mode, "not_found:document"]);
    }
    await setAccessMode(owner, document.id, "link");
    expect(await visitorOf(token)).toEqual(visitor);
    expect(await outcome(getDocument(visitor, document.id))).toBe("ok");
    expect(await outcome(getCollection(visitor, collection.id))).toBe("forbidden:collection");
    expect(await rightsOf(visitor, document)).toBe(builtInRoles.viewer);
    expect(twin("link")).toBe(builtInRoles.viewer);
    await setAccessMode(owner, document.id, "collection");
    expect(await outcome(getDocument(visitor, document.id))).toBe("not_found:document");
  });

  it("holds nothing that people, workspaces or everyone hold", async () => {
    const { owner, document } = await makeShared();
    const open = await makeShared();
    await setVisibility(open.owner, open.collection.id, { visibility: "public" });
    await setAccessMode(owner, document.id, "link");
    const { token } = await createLink(owner, document, { role: "viewer" });
    const visitor = await visitorOf(token);
    expect(await outcome(getCollection({ kind: "everyone" }, open.collection.id))).toBe("ok");
    expect(await outcome(getCollection(visitor, open.collection.id))).toBe("forbidden:collection");
    expect(await rightsOf(visitor, document)).toBe(builtInRoles.viewer);
  });

  it("ends with its time, and can be told from one that was revoked", async () => {
    const { owner, collection } = await makeShared();
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const { token, id } = await createLink(owner, collection, { role: "viewer", expiresAt: soon });
    const visitor = await visitorOf(token);
    await asOwner("UPDATE public_links SET expires_at = now() - interval '1 second' WHERE id = $1", [id]);
    expect(await outcome(visitorOf(token))).toBe("link_expired:");
    expect(await outcome(getCollection(visitor, collection.id))).toBe("forbidden:collection");
    expect((await listLinks(owner, collection)).items).toMatchObject([{ id, state: "expired" }]);
    await revokeLink(owner, id);
    expect(await outcome(visitorOf(token))).toBe("link_revoked:");
    expect((await listLinks(owner, collection)).items).toEqual([]);
    const past = new Date(Date.now() - 1000).toISOString();
    expect(await outcome(createLink(owner, collection, { role: "viewer", expiresAt: past }))).toBe(
      "invalid_input:",
    );
    expect(await outcome(visitorOf("nothing"))).toBe("not_found:link");
    expect(await outcome(visitorOf(""))).toBe("not_found:link");
  });

  it("opens nothing in the trash, and opens it again when that comes back", async () => {
    const { owner, collection, document } = await makeShared();
    await setAccessMode(owner, document.id, "link");
    const links = [
      await createLink(owner, collection, { role: "viewer" }),
      await createLink(owner, document, { role: "viewer" }),
    ];
    const visitors = await Promise.all(links.map(({ token }) => visitorOf(token)));
    const seen = () =>
      Promise.all(
        visitors.map(async (visitor) => [
          await outcome(getDocument(visitor, document.id)),
          await rightsOf(visitor, document),
          await transaction(visitor, (tx) => tx.document.count()),
        ]),
      );
    const all = [
      ["ok", 1, 1],
      ["ok", 1, 1],
    ];
    const none = all.map(() => ["not_found:document", 0, 0]);
    expect(await seen()).toEqual(all);
    await trashDocument(owner, document.id);
    expect(await seen()).toEqual(none);
    await restoreDocument(owner, document.id);
    expect(await seen()).toEqual(all);
    await trashCollection(owner, collection.id);
    expect(await seen()).toEqual(none);
    expect(await Promise.all(links.map(({ token }) => outcome(visitorOf(token))))).toEqual([
      "not_found:link",
      "not_found:link",
    ]);
    await restoreCollection(owner, collection.id);
    expect(await seen()).toEqual(all);
  });

  it("of a protected collection is closed for good, and none is made", async () => {
    const { owner, collection, document } = await makeShared();
    await setAccessMode(owner, document.id, "link");
    const links = [
      await createLink(owner, collection, { role: "viewer" }),
      await createLink(owner, document, { role: "viewer" }),
    ];
    await setVisibility(owner, collection.id, { visibility: "private", isProtected: true });
    for (const { token } of links) expect(await outcome(visitorOf(token))).toBe("link_revoked:");
    for (const resource of [collection, document])
      expect(await outcome(createLink(owner, resource, { role: "viewer" }))).toBe("forbidden:protected");
    await setVisibility(owner, collection.id, { visibility: "private", isProtected: false });
    await setAccessMode(owner, document.id, "link");
    for (const { token } of links) expect(await outcome(visitorOf(token))).toBe("link_revoked:");
    const log = await asOwner<{ subject_id: string }>(
      "SELECT subject_id FROM audit_events WHERE resource_id = $1 AND action = 'link.revoked' AND subject_type = 'link'",
      [collection.id],
    );
    expect(log.map(({ subject_id }) => subject_id).toSorted()).toEqual(links.map(({ id }) => id).toSorted());
  });

  it("goes with what it opens", async () => {
    const { owner, collection } = await makeShared();
    const { id } = await createLink(owner, collection, { role: "viewer" });
    await trashCollection(owner, collection.id);
    await asOwner("DELETE FROM documents WHERE collection_id = $1", [collection.id]);
    await asOwner("DELETE FROM collections WHERE id = $1", [collection.id]);
    for (const [table, column] of [
      ["public_links", "id"],
      ["permissions", "link_id"],
      ["user_principals", "user_id"],
    ])
      expect(await asOwner(`SELECT FROM ${table} WHERE ${column} = $1`, [id])).toEqual([]);
  });
});

describe("links are managed", () => {
  it("by those who manage permissions, never above their own; to others they are not there", async () => {
    const { owner, workspaceId, collection, document, colleague } = await makeShared();
    const [editor, sharer, stranger] = [await colleague(), await colleague(), await makePerson()];
    await addCollaborator(owner, collection.id, { email: editor.email, role: "editor" });
    // views and shares, but may not comment
    await grant(owner, collection, { email: sharer.email, roleId: await makeRole(workspaceId, 513) });
    const made = await createLink(owner, collection, { role: "commenter" });

    const make = (actor: typeof owner, role: "viewer" | "commenter") =>
      outcome(createLink(actor, document, { role }));
    expect(await make(editor, "viewer")).toBe("forbidden:action");
    expect(await make(stranger, "viewer")).toBe("not_found:document");
    expect(await make(sharer, "commenter")).toBe("forbidden:above_own_rights");
    expect(await make(sharer, "viewer")).toBe("ok");
    expect(await outcome(listLinks(editor, collection))).toBe("forbidden:action");
    expect(await outcome(listLinks(stranger, collection))).toBe("forbidden:collection");
    expect(await outcome(revokeLink(editor, made.id))).toBe("not_found:link");
    expect(await outcome(revokeLink(stranger, made.id))).toBe("not_found:link");
    expect(await outcome(revokeLink(owner, missingId()))).toBe("not_found:link");
    expect(await outcome(revokeLink(sharer, made.id))).toBe("forbidden:above_own_rights");
    expect(await outcome(visitorOf(made.token))).toBe("ok");
  });

  it("not by guests, whatever they may", async () => {
    const { owner, workspaceId, collection } = await makeShared();
    const guest = await makePerson({ workspaceId, role: "guest" });
    await addCollaborator(owner, collection.id, { email: guest.email, role: "owner" });
    expect(await outcome(createLink(guest, collection, { role: "viewer" }))).toBe("forbidden:guest_action");
  });

  it("and their tokens can be copied again by them alone; a revoked one stays revoked", async () => {
    const { owner, collection } = await makeShared();
    const made = await createLink(owner, collection, { role: "viewer", name: "A" });
    const { items } = await listLinks(owner, collection);
    expect(items).toMatchObject([
      { id: made.id, token: made.token, state: "open", createdBy: { id: owner.id, name: owner.name } },
    ]);
    const [row] = await asOwner<{ token_sealed: Buffer }>(
      "SELECT token_sealed FROM public_links WHERE id = $1",
      [made.id],
    );
    expect(row!.token_sealed.includes(Buffer.from(made.token))).toBe(false);
    // what was sealed beside another link's hash does not open here
    await asOwner(
      "UPDATE public_links SET token_hash = sha256(token_hash), token_sealed = token_sealed WHERE id = $1",
      [made.id],
    );
    expect((await listLinks(owner, collection)).items[0]!.token).toBe(null);

    await revokeLink(owner, made.id);
    await revokeLink(owner, made.id);
    const log = await asOwner<{ action: string }>(
      "SELECT action FROM audit_events WHERE subject_id = $1 ORDER BY id",
      [made.id],
    );
    expect(log.map(({ action }) => action)).toEqual(["link.created", "link.revoked"]);
    await expect(
      asOwner("UPDATE public_links SET revoked_at = NULL WHERE id = $1", [made.id]),
    ).rejects.toMatchObject({ code: "SH004" });
  });

  it("and are no people: nobody's list, count, report or limit has them", async () => {
    const { owner, collection, document } = await makeShared({ collaborators: 1 });
    await setAccessMode(owner, document.id, "link");
    for (const resource of [collection, document]) await createLink(owner, resource, { role: "viewer" });
    for (const place of [collection, document]) {
      const { items, general } = await listAccess(owner, place, {});
      expect([items.length, general]).toEqual([1, []]);
    }
    expect((await listGrants(owner, collection)).items).toHaveLength(1);
    expect((await listGrants(owner, document)).items).toHaveLength(0);
    expect(
      await asOwner(
        "SELECT FROM user_principals up JOIN public_links l ON l.id = up.user_id WHERE l.created_by_id = $1",
        [owner.id],
      ),
    ).toHaveLength(2);
    const reported = await transaction(
      { kind: "system" },
      (tx) =>
        tx.$queryRaw<
          { user_id: string }[]
        >`SELECT user_id FROM effective_permissions WHERE collection_id = ${collection.id}::uuid`,
    );
    expect([...new Set(reported.map(({ user_id }) => user_id))]).toEqual([owner.id]);
    // the one place for a collaborator is still free
    const friend = await makePerson();
    expect(
      await outcome(addCollaborator(owner, collection.id, { email: friend.email, role: "viewer" })),
    ).toBe("ok");
  });
});

it("what a link or an invitation to a single document opens counts as shared", async () => {
  const { owner, collection, document } = await makeShared();
  const shares = async () => {
    const rows = await transaction(
      owner,
      (tx) => tx.$queryRaw<{ shares: number }[]>`SELECT shares FROM app.shared_collections()`,
    );
    return rows.map((row) => row.shares);
  };
  expect(await shares()).toEqual([]);
  const { id } = await createLink(owner, collection, { role: "viewer" });
  await createLink(owner, document, { role: "viewer" });
  expect(await shares()).toEqual([2]);
  await grant(owner, document, { email: address(), role: "viewer" });
  await grant(owner, document, { email: (await makePerson()).email, role: "viewer" });
  expect(await shares()).toEqual([4]);
  await revokeLink(owner, id);
  expect(await shares()).toEqual([3]);
});

describe("at the same moment", () => {
  it("protecting a collection and linking it leave no link behind", async () => {
    for (let round = 0; round < 6; round++) {
      const { owner, collection, document, workspaceId, colleague } = await makeShared();
      const second = await colleague();
      await putGrant({
        userId: second.id,
        collectionId: collection.id,
        roleId: await makeRole(workspaceId, 8191),
      });
      await setAccessMode(owner, document.id, "link");
      const counts = await tally([
        setVisibility(owner, collection.id, { visibility: "private", isProtected: true }),
        ...[0, 1, 2].flatMap(() => [
          createLink(second, collection, { role: "viewer" }),
          createLink(second, document, { role: "viewer" }),
        ]),
      ]);
      expect((counts.ok ?? 0) + (counts["forbidden:protected"] ?? 0)).toBe(7);
      const left = await asOwner(
        "SELECT FROM public_links WHERE revoked_at IS NULL AND (collection_id = $1 OR document_id = $2)",
        [collection.id, document.id],
      );
      expect(left).toEqual([]);
    }
  });

  it("revoking and reading: nothing is seen once the revocation returned", async () => {
    const { owner, collection, document } = await makeShared();
    for (let round = 0; round < 10; round++) {
      const { token, id } = await createLink(owner, collection, { role: "viewer" });
      const visitor = await visitorOf(token);
      let isRevoked = false;
      const reads = Array.from({ length: 6 }, async () => {
        for (let turn = 0; turn < 5; turn++) {
          const startedAfter = isRevoked;
          const found = await outcome(getDocument(visitor, document.id));
          if (startedAfter) expect(found).toBe("not_found:document");
        }
      });
      await revokeLink(owner, id).then(() => (isRevoked = true));
      await Promise.all(reads);
      expect(await outcome(getDocument(visitor, document.id))).toBe("not_found:document");
      expect(await transaction(visitor, (tx) => tx.collection.count())).toBe(0);
    }
  });
});

it("a context of no link is nobody, and of no id refused", async () => {
  const { document } = await makeShared();
  expect(await outcome(getDocument({ kind: "visitor", linkId: missingId() }, document.id))).toBe(
    "not_found:document",
  );
  await expect(
    transaction({ kind: "visitor", linkId: "1' OR true --" }, (tx) => tx.$queryRaw(Prisma.sql`SELECT 1`)),
  ).rejects.toThrow("UUID");
});

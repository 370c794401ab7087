import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { asOwner, makeDocument, makePendingUpload, makePerson, quotaTruth } from "#prisma/factories.ts";
import { authenticate } from "#lib/auth/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { createCollection, trashCollection } from "#lib/collections/index.ts";
import { getDocument } from "#lib/documents/index.ts";
import { confirmUpload } from "#lib/uploads/index.ts";
import {
  activateSecondFactor,
  closeAccount,
  createToken,
  getClosing,
  revokeOtherSessions,
  setUpSecondFactor,
  sweepExpired,
} from "./index.ts";
import { unseal } from "./sealed.ts";
import { browser, eventually, mailsTo, registered, signedIn } from "./test-support.ts";
import { stepAt, totpCode } from "./testing/authenticator.ts";

// takes the account of the first person, who is system admin, so that no test gets it by chance
let first: Awaited<ReturnType<typeof signedIn>>;
beforeAll(async () => {
  first = await signedIn();
});

const shelf = (owner: UserActor) => createCollection(owner, { name: "Field notes", description: "" });
/** Written with SQL, because sharing itself is not tested here. */
const share = (collectionId: string, userId: string, role = "editor") =>
  asOwner(
    `INSERT INTO permissions (user_id, collection_id, role_id)
     SELECT $2, $1, id FROM roles WHERE name = $3 AND workspace_id IS NULL`,
    [collectionId, userId, role],
  );
const close = ({ person, actor }: Awaited<ReturnType<typeof signedIn>>, extra: object = {}) =>
  closeAccount(actor, null, { password: person.password, email: person.email, ...extra });
const leftOf = async (userId: string) => {
  const [row] = await asOwner<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM users WHERE id = $1) AS users, (SELECT count(*)::int FROM sessions WHERE user_id = $1) AS sessions,
       (SELECT count(*)::int FROM tokens WHERE user_id = $1) AS tokens, (SELECT count(*)::int FROM credentials WHERE user_id = $1) AS credentials,
       (SELECT count(*)::int FROM collections WHERE owner_id = $1) AS collections, (SELECT count(*)::int FROM documents WHERE owner_id = $1) AS documents,
       (SELECT count(*)::int FROM blobs WHERE owner_id = $1) AS blobs, (SELECT count(*)::int FROM permissions WHERE user_id = $1) AS grants,
       (SELECT count(*)::int FROM user_principals WHERE user_id = $1) AS principals, (SELECT count(*)::int FROM quota_ledger WHERE user_id = $1) AS ledger,
       (SELECT count(*)::int FROM objects WHERE key LIKE $1 || '/%' AND state <> 'doomed') AS objects`,
    [userId],
  );
  return row!;
};
const nothing = {
  users: 0,
  sessions: 0,
  tokens: 0,
  credentials: 0,
  collections: 0,
  documents: 0,
  blobs: 0,
  grants: 0,
  principals: 0,
  ledger: 0,
  objects: 0,
};
const expectExact = async (personId: string) => {
  const { counter, ledger, rows } = await quotaTruth(personId);
  expect(ledger).toEqual(counter);
  expect(rows).toEqual(counter);
  return counter;
};

describe("closing an account", () => {
  it("deletes what is one's own wherever it lies, and nothing of others", async () => {
    const someone = await signedIn();
    const { person, actor, client } = someone;
    const { token } = await createToken(actor, { scope: "read", name: "Script", expiresInDays: 1 });
    const [own, trashed] = [await shelf(actor), await shelf(actor)];
    await makeDocument(actor, own.id);
    await makeDocument(actor, trashed.id);
    await trashCollection(actor, trashed.id);
    const host = await makePerson();
    const theirs = await shelf(host);
    await share(theirs.id, actor.id);
    const mine = await makeDocument(actor, theirs.id);
    const kept = await makeDocument(host, theirs.id);
    await makePendingUpload(actor, theirs.id);

    expect(await getClosing(actor)).toEqual({
      collections: 2,
      documents: 3,
      documentsElsewhere: 1,
      sharedCollections: [],
      neededAs: null,
    });
    await expect(close(someone, { password: "not it" })).rejects.toMatchObject({ reason: "wrong_password" });
    await expect(close(someone, { email: "other@example.org" })).rejects.toMatchObject({
      details: { errors: [{ path: "email", message: "other_email" }] },
    });
    const [workspace] = await asOwner<{ id: string }>("SELECT workspace_id AS id FROM users WHERE id = $1", [
      actor.id,
    ]);
    await close(someone, { email: ` ${person.email.toUpperCase()} ` });

    expect(await leftOf(actor.id)).toEqual(nothing);
    expect(await asOwner("SELECT FROM workspaces WHERE id = $1", [workspace!.id])).toHaveLength(0);
    expect((await authenticate(client.headers())).actor.kind).toBe("everyone");
    const bearer = new Headers({ authorization: `Bearer ${token}` });
    expect((await authenticate(bearer)).actor.kind).toBe("everyone");
    expect((await browser().signIn(person)).status).toBe(401);
    await expect(getDocument(host, mine.id)).rejects.toMatchObject({ code: "not_found" });
    expect((await getDocument(host, kept.id)).id).toBe(kept.id);
    expect(await expectExact(host.id)).toEqual({ collections: 1, documents: 1, bytes: 64 });
    const entries = await asOwner<{ action: string; actor_email: string }>(
      "SELECT action, actor_email FROM audit_events WHERE actor_id = $1 AND action LIKE '%closed' OR actor_id = $1 AND action LIKE '%deleted' ORDER BY id",
      [actor.id],
    );
    expect(entries.map(({ action }) => action).toSorted()).toEqual(
      [
        "account.closed",
        "collection.deleted",
        "collection.deleted",
        "document.deleted",
        "document.deleted",
      ].toSorted(),
    );
    expect(new Set(entries.map(({ actor_email }) => actor_email))).toEqual(new Set([person.email]));
    await eventually(async () =>
      (await mailsTo(person.email)).find(({ subject }) => subject === "Your account is closed"),
    );
    // the address is free again
    expect((await registered({ email: person.email })).email).toBe(person.email);
  });

  it("refuses while others have access, says to what, and changes nothing", async () => {
    const someone = await signedIn();
    const { actor } = someone;
    const guest = await makePerson();
    const [granted, invited, open, foreign, lonely] = [
      await shelf(actor),
      await shelf(actor),
      await shelf(actor),
      await shelf(actor),
      await shelf(actor),
    ];
    await share(granted.id, guest.id, "viewer");
    await asOwner(
      `INSERT INTO invitations (email, email_normalized, collection_id, role_id)
       SELECT $1, $1, $2, id FROM roles WHERE name = 'viewer' AND workspace_id IS NULL`,
      [`${randomUUID()}@example.org`, invited.id],
    );
    await asOwner(
      `INSERT INTO permissions (is_everyone, collection_id, role_id)
       SELECT true, $1, id FROM roles WHERE name = 'viewer' AND workspace_id IS NULL`,
      [open.id],
    );
    await share(foreign.id, guest.id);
    await makeDocument(guest, foreign.id);
    await asOwner("UPDATE permissions SET deleted_at = now() WHERE collection_id = $1 AND user_id = $2", [
      foreign.id,
      guest.id,
    ]);
    const { sharedCollections } = await getClosing(actor);
    const found = sharedCollections.map(({ id, shares, foreignDocuments }) => [id, shares, foreignDocuments]);
    expect(found.toSorted()).toEqual(
      [
        [granted.id, 1, 0],
        [invited.id, 1, 0],
        [open.id, 1, 0],
        [foreign.id, 0, 1],
      ].toSorted(),
    );
    await expect(close(someone)).rejects.toMatchObject({ code: "conflict", reason: "shared_collections" });
    for (const { id } of [granted, invited, open, foreign]) await trashCollection(actor, id);
    expect((await getClosing(actor)).sharedCollections).toEqual([]);
    expect(lonely.id).toBeTruthy();
    expect(await leftOf(actor.id)).toMatchObject({ users: 1, collections: 5 });
    await close(someone);
    expect(await leftOf(actor.id)).toEqual(nothing);
    expect(await expectExact(guest.id)).toEqual({ collections: 0, documents: 0, bytes: 0 });
  });

  it("keeps the last system admin, and the last admin of others in a workspace", async () => {
    expect((await getClosing(first.actor)).neededAs).toBe("last_system_admin");
    await expect(close(first)).rejects.toMatchObject({ code: "forbidden", reason: "last_system_admin" });
    const someone = await signedIn();
    const [{ id: workspaceId }] = (await asOwner<{ id: string }>(
      "SELECT workspace_id AS id FROM users WHERE id = $1",
      [someone.actor.id],
    )) as [{ id: string }];
    const colleague = await makePerson({ workspaceId });
    await expect(close(someone)).rejects.toMatchObject({ code: "forbidden", reason: "last_workspace_admin" });
    await asOwner("UPDATE users SET workspace_role = 'admin' WHERE id = $1", [colleague.id]);
    await close(someone);
    expect(await asOwner("SELECT FROM workspaces WHERE id = $1", [workspaceId])).toHaveLength(1);
  });

  it("keeps one of two system admins who leave at once", async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    await asOwner("UPDATE users SET is_system_admin = id IN ($1, $2)", [one.actor.id, other.actor.id]);
    const settled = await Promise.allSettled([close(one), close(other)]);
    const [{ admins }] = (await asOwner<{ admins: number }>(
      "SELECT count(*)::int AS admins FROM users WHERE is_system_admin",
    )) as [{ admins: number }];
    await asOwner("UPDATE users SET is_system_admin = true WHERE id = $1", [first.actor.id]);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(admins).toBe(1);
  });

  it("asks for a code where a second factor is on", async () => {
    const someone = await signedIn();
    const { actor, person } = someone;
    await setUpSecondFactor(actor, null, { password: person.password });
    const [row] = await asOwner<{ secret: Buffer }>("SELECT secret FROM second_factors WHERE user_id = $1", [
      actor.id,
    ]);
    const code = totpCode(unseal(row!.secret, actor.id), stepAt(Date.now()));
    const { backupCodes } = await activateSecondFactor(actor, { code });
    await expect(close(someone)).rejects.toMatchObject({ reason: "code_needed" });
    await expect(close(someone, { code })).rejects.toMatchObject({ reason: "wrong_code" });
    await close(someone, { code: backupCodes[3] });
    expect(await leftOf(actor.id)).toEqual(nothing);
  });

  it("leaves no upload of the same moment behind, in nobody's books", async () => {
    for (let round = 0; round < 6; round++) {
      const someone = await signedIn();
      const { actor } = someone;
      const host = await makePerson();
      const [own, theirs] = [await shelf(actor), await shelf(host)];
      await share(theirs.id, actor.id);
      const pending = await Promise.all(
        Array.from({ length: 6 }, (_, at) => makePendingUpload(actor, at % 2 ? own.id : theirs.id)),
      );
      const hosts = await Promise.all(Array.from({ length: 3 }, () => makePendingUpload(host, theirs.id)));
      const [closed, ...others] = await Promise.allSettled([
        close(someone),
        ...pending.map(({ documentId }) => confirmUpload(actor, documentId)),
        ...hosts.map(({ documentId }) => confirmUpload(host, documentId)),
        ...Array.from({ length: 3 }, () => makePendingUpload(actor, theirs.id)),
        shelf(actor),
      ]);
      expect(closed.status === "rejected" && closed.reason).toBe(false);
      expect(others).toHaveLength(13);
      expect(await leftOf(actor.id)).toEqual(nothing);
      expect(await expectExact(host.id)).toEqual({ collections: 1, documents: 3, bytes: 192 });
    }
  });
});

describe("sessions and what has ended", () => {
  it("ends all sessions but the one that asks, of nobody else", async () => {
    const { person, client, actor, sessionId } = await signedIn();
    const [there, elsewhere, stranger] = [browser(), browser(), await signedIn()];
    await there.signIn(person);
    await elsewhere.signIn(person);
    await revokeOtherSessions(actor, sessionId);
    const kinds = await Promise.all(
      [client, there, elsewhere, stranger.client].map(
        async (one) => (await authenticate(one.headers())).actor.kind,
      ),
    );
    expect(kinds).toEqual(["user", "everyone", "everyone", "user"]);
    await revokeOtherSessions(actor, sessionId);
    const entries = await asOwner<{ metadata: object }>(
      "SELECT metadata FROM audit_events WHERE actor_id = $1 AND action = 'session.others_revoked'",
      [actor.id],
    );
    expect(entries).toEqual([{ metadata: { count: 2 } }]);
  });

  it("forgets what ended some time ago, and nothing else", async () => {
    const { actor, sessionId } = await signedIn();
    const add = async (table: string, columns: string, values: string) =>
      (
        await asOwner<{ id: string }>(
          `INSERT INTO ${table} (user_id, ${columns}) VALUES ($1, ${values}) RETURNING id`,
          [actor.id],
        )
      )[0]!.id;
    const session = (expires: string, revoked: string) =>
      add(
        "sessions",
        "expires_at, revoked_at",
        `now() + interval '${expires}', now() + interval '${revoked}'`,
      );
    const token = (kind: string, expires: string, column: string, ended: string) =>
      add(
        "tokens",
        `kind, scope, hash, expires_at, ${column}`,
        `'${kind}', ${kind === "access" ? "'read'" : "NULL"}, uuid_send(uuidv7()), now() + interval '${expires}', now() + interval '${ended}'`,
      );
    const gone = [
      await session("-8 days", "1 day"),
      await session("20 days", "-8 days"),
      await token("password_reset", "-2 days", "used_at", "1 day"),
      await token("password_reset", "1 hour", "used_at", "-2 days"),
      await token("access", "-31 days", "last_used_at", "-40 days"),
      await token("access", "90 days", "revoked_at", "-31 days"),
    ];
    const stays = [
      sessionId!,
      await session("-6 days", "1 day"),
      await session("20 days", "-6 days"),
      await token("password_reset", "1 hour", "last_used_at", "-2 days"),
      await token("access", "-29 days", "last_used_at", "-40 days"),
      await token("access", "90 days", "revoked_at", "-29 days"),
    ];
    const swept = await sweepExpired();
    expect(swept).toMatchObject({ sessions: 2, tokens: 4 });
    const left = await asOwner<{ id: string }>(
      "SELECT id FROM sessions WHERE user_id = $1 UNION ALL SELECT id FROM tokens WHERE user_id = $1",
      [actor.id],
    );
    const ids = left.map(({ id }) => id);
    expect(ids.toSorted()).toEqual(stays.toSorted());
    expect(ids.filter((id) => gone.includes(id))).toEqual([]);
    expect(await sweepExpired()).toMatchObject({ sessions: 0, tokens: 0 });
  });
});

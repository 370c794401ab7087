import pg from "pg";
import { describe, expect, it } from "vitest";
import { asOwner, makeDocument, makePerson, missingId } from "#prisma/factories.ts";
import { createCollection, trashCollection } from "#lib/collections/index.ts";
import { env } from "#lib/env/index.ts";
import { callerFor, type Handler } from "#lib/http/test-support.ts";
import { grant, setAccessMode, setVisibility } from "#lib/sharing/index.ts";
import * as collection from "./collections/[id]/route.ts";
import * as visibility from "./collections/[id]/visibility/route.ts";
import * as contentUrl from "./documents/[id]/content-url/route.ts";
import * as download from "./documents/[id]/download/route.ts";
import * as document from "./documents/[id]/route.ts";
import * as thumbnail from "./documents/[id]/thumbnail/route.ts";
import * as documents from "./documents/route.ts";

/** A call without any credential, from an address. */
async function ask(
  handler: Handler,
  id: string,
  { query = "", headers = {} as Record<string, string> } = {},
) {
  const { path, method, answers } = handler.declaration;
  const request = new Request(new URL(path.replace("{id}", id) + query, env.APP_URL), { method, headers });
  const response = await handler(request, { params: Promise.resolve({ id }) });
  const text = await response.text();
  const body = text ? (JSON.parse(text) as Record<string, unknown>) : undefined;
  if (response.ok) answers[response.status]?.parse(body);
  return { status: response.status, headers: response.headers, body, text };
}
const statusOf = async (...args: Parameters<typeof ask>) => (await ask(...args)).status;
const listOf = (id: string, scope = "live") =>
  [documents.GET, id, { query: `?scope=${scope}&collectionId=${id}` }] as const;

async function published() {
  const owner = await makePerson({ name: "Anna Berg" });
  const editor = await makePerson({ name: "Marc Klein", workspaceId: owner.workspaceId });
  const { id } = await createCollection(owner, { name: "Field notes", description: "For all" });
  await grant(owner, { type: "collection", id }, { email: editor.email, role: "editor" });
  const { id: documentId } = await makeDocument(editor, id);
  await setVisibility(owner, id, { visibility: "public" });
  return { owner, editor, id, documentId };
}

/** What each route answers of a collection and a document in it. */
const asked = (id: string, documentId: string) =>
  Promise.all([
    statusOf(collection.GET, id),
    statusOf(...listOf(id)),
    statusOf(document.GET, documentId),
    statusOf(contentUrl.GET, documentId),
    statusOf(download.GET, documentId),
    statusOf(download.GET, documentId, { query: "?inline=1" }),
  ]);
const open = [200, 200, 200, 200, 302, 302];
const shut = [401, 401, 401, 401, 401, 401];

describe("without an account", () => {
  it("opens what is public as a viewer does, and nothing of it any more once it is private", async () => {
    const { owner, id, documentId } = await published();
    expect(await asked(id, documentId)).toEqual(open);
    const { body } = await ask(collection.GET, id);
    expect(body).toMatchObject({
      name: "Field notes",
      visibility: "public",
      role: "viewer",
      documentCount: 1,
    });
    expect(Object.values(body!.abilities as object)).toEqual([false, false, false, false]);
    await setVisibility(owner, id, { visibility: "workspace" });
    expect(await asked(id, documentId)).toEqual(shut);
    await setVisibility(owner, id, { visibility: "public" });
    expect(await asked(id, documentId)).toEqual(open);
    await trashCollection(owner, id);
    expect(await asked(id, documentId)).toEqual(shut);
  });

  it("learns the owner's name, and of nobody else", async () => {
    const { owner, editor, id, documentId } = await published();
    const answers = await Promise.all([
      ask(collection.GET, id),
      ask(...listOf(id)),
      ask(document.GET, documentId),
    ]);
    expect(answers[0].body).toMatchObject({
      owner: { name: owner.name },
      people: [{ id: owner.id, name: owner.name }],
    });
    for (const { text, headers } of answers) {
      for (const secret of [editor.name, editor.email, owner.email]) expect(text).not.toContain(secret);
      expect(headers.get("cache-control")).toBe("private, no-store");
    }
  });

  it("is told of what is closed, trashed, missing or no id in one way, byte for byte", async () => {
    const { owner, editor, id, documentId } = await published();
    const { id: invited } = await makeDocument(owner, id);
    const { id: secret } = await makeDocument(editor, id);
    await setAccessMode(owner, invited, "invite");
    await setAccessMode(editor, secret, "private");
    const { id: closed } = await createCollection(owner, { name: "Closed", description: "" });
    const { id: within } = await makeDocument(owner, closed);
    const told = async (...args: Parameters<typeof ask>) => {
      const { status, headers, body } = await ask(...args);
      const { requestId: _, ...rest } = body ?? {};
      const [names, sorted] = [[...headers.keys()], (list: string[]) => list.toSorted()];
      return JSON.stringify([status, rest, sorted(names)]);
    };
    const ofCollections = await Promise.all(
      [closed, missingId(), "no-id"].flatMap((one) => [told(collection.GET, one), told(...listOf(one))]),
    );
    const ofDocuments = await Promise.all(
      [invited, secret, within, missingId(), "no-id"].flatMap((one) =>
        [document, contentUrl, download, thumbnail].map(({ GET }) => told(GET, one)),
      ),
    );
    expect(new Set([...ofCollections, ...ofDocuments]).size).toBe(1);
    expect(ofCollections[0]).toContain("unauthenticated");
    // what stands beside them stays open
    expect(await statusOf(document.GET, documentId)).toBe(200);
  });

  it("has no lists of its own, and reads nothing else of what is public", async () => {
    const { id, documentId } = await published();
    expect(await statusOf(...listOf(id, "trashed"))).toBe(401);
    expect(await statusOf(documents.GET, "", { query: "?scope=recent" })).toBe(401);
    expect(await statusOf(documents.GET, "")).toBe(401);
    expect(await statusOf(visibility.GET, id)).toBe(401);
    for (const handler of [collection.PATCH, collection.DELETE])
      expect(await statusOf(handler, id)).toBe(401);
    for (const handler of [document.PATCH, document.DELETE])
      expect(await statusOf(handler, documentId)).toBe(401);
  });

  it("is no way around a token that is no longer valid", async () => {
    const { id } = await published();
    const headers = { authorization: "Bearer sheaf_nothing" };
    expect(await statusOf(collection.GET, id, { headers })).toBe(401);
    const reader = await callerFor(await makePerson());
    expect((await reader(collection.GET, { params: { id } })).status).toBe(200);
  });

  it("leaves its download in the audit of the workspace, without a name", async () => {
    const { owner, documentId } = await published();
    await ask(download.GET, documentId);
    const entries = await asOwner(
      "SELECT actor_kind, actor_id, actor_email FROM audit_events WHERE workspace_id = $1 AND resource_id = $2 AND action = 'document.downloaded'",
      [owner.workspaceId, documentId],
    );
    expect(entries).toEqual([{ actor_kind: "everyone", actor_id: null, actor_email: null }]);
  });
});

describe("a suspended owner", () => {
  const suspend = (id: string, isSuspended = true) =>
    asOwner("UPDATE users SET suspended_at = CASE WHEN $2 THEN now() END WHERE id = $1", [id, isSuspended]);

  it("has nothing public until they are back, whoever opens it meanwhile", async () => {
    const { owner, editor, id, documentId } = await published();
    const outsider = await callerFor(await makePerson());
    await suspend(owner.id);
    expect(await asked(id, documentId)).toEqual(shut);
    expect((await outsider(collection.GET, { params: { id } })).status).toBe(403);
    // what was given to somebody stays theirs
    const editors = await callerFor(editor);
    expect((await editors(collection.GET, { params: { id } })).status).toBe(200);
    await suspend(owner.id, false);
    expect(await asked(id, documentId)).toEqual(open);
    // a co-owner can't open it in their absence
    const coOwner = await makePerson({ workspaceId: owner.workspaceId });
    await grant(owner, { type: "collection", id }, { email: coOwner.email, role: "owner" });
    await setVisibility(owner, id, { visibility: "private" });
    await suspend(owner.id);
    await setVisibility(coOwner, id, { visibility: "public" });
    expect(await asked(id, documentId)).toEqual(shut);
    await suspend(owner.id, false);
    expect(await asked(id, documentId)).toEqual(open);
  });

  it("has nothing public that is published while they are being suspended", async () => {
    const owner = await makePerson();
    const coOwner = await makePerson({ workspaceId: owner.workspaceId });
    const { id } = await createCollection(owner, { name: "Letters", description: "" });
    await grant(owner, { type: "collection", id }, { email: coOwner.email, role: "owner" });
    const admin = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
    await admin.connect();
    await admin.query("BEGIN");
    await admin.query("UPDATE users SET suspended_at = now() WHERE id = $1", [owner.id]);
    const publishing = setVisibility(coOwner, id, { visibility: "public" });
    const waits = async () => {
      while ((await asOwner("SELECT FROM pg_locks WHERE NOT granted")).length === 0);
    };
    await Promise.race([publishing, waits()]);
    await admin.query("COMMIT");
    await admin.end();
    await publishing;
    expect(await statusOf(collection.GET, id)).toBe(401);
  });
});

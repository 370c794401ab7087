import { randomInt } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { asOwner, makeDocument, missingId } from "#prisma/factories.ts";
import { trashDocument } from "#lib/documents/index.ts";
import { env } from "#lib/env/index.ts";
import { callerFor, type Handler } from "#lib/http/test-support.ts";
import { makeShared } from "#lib/sharing/test-support.ts";
import * as collectionLinks from "../collections/[id]/share-links/route.ts";
import * as documentLinks from "../documents/[id]/share-links/route.ts";
import * as regenerate from "../share-links/[id]/regenerate/route.ts";
import * as link from "../share-links/[id]/route.ts";
import * as shared from "./[token]/route.ts";
import * as documents from "./[token]/documents/route.ts";
import * as document from "./[token]/documents/[id]/route.ts";
import * as contentUrl from "./[token]/documents/[id]/content-url/route.ts";
import * as download from "./[token]/documents/[id]/download/route.ts";
import * as thumbnail from "./[token]/documents/[id]/thumbnail/route.ts";
import * as unlock from "./[token]/unlock/route.ts";

const password = "correct horse battery";
const anyAddress = () => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;

interface VisitorCall {
  params: Record<string, string>;
  body?: unknown;
  cookie?: string;
  ip?: string;
  headers?: Record<string, string>;
}
/** A call without an account, and what it answers. */
async function visit(
  handler: Handler,
  { params, body, cookie, ip = anyAddress(), headers = {} }: VisitorCall,
) {
  const { method, path } = handler.declaration;
  const request = new Request(new URL(path, env.APP_URL), {
    method,
    headers: {
      "x-sheaf-address": ip,
      "content-type": "application/json",
      ...(cookie && { cookie }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  const text = await response.text();
  return {
    status: response.status,
    body: text ? JSON.parse(text) : undefined,
    text,
    headers: response.headers,
    cookie: response.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; "),
  };
}

/** Every route below a token that tells or serves something of what the link opens. */
const serving = {
  documents: documents.GET,
  document: document.GET,
  contentUrl: contentUrl.GET,
  download: download.GET,
  thumbnail: thumbnail.GET,
};
/** What each answers to whoever may: the documents here have no thumbnail. */
const served = { documents: 200, document: 200, contentUrl: 200, download: 302, thumbnail: 404 };

async function statuses(call: VisitorCall) {
  const found: Record<string, number> = {};
  for (const [name, handler] of Object.entries(serving)) found[name] = (await visit(handler, call)).status;
  return found;
}
const all = (status: number) =>
  Object.fromEntries(Object.keys(serving).map((name) => [name, status])) as Record<string, number>;

let world: Awaited<ReturnType<typeof makeShared>>;
let call: Awaited<ReturnType<typeof callerFor>>;
let documentId: string;
beforeAll(async () => {
  world = await makeShared();
  call = await callerFor(world.owner);
  documentId = (await makeDocument(world.owner, world.collection.id)).id;
});

const make = async (body: object = {}) =>
  (await call(collectionLinks.POST, { params: { id: world.collection.id }, body })).body as {
    id: string;
    token: string;
    url: string;
  };
const at = (token: string, id = documentId) => ({ params: { token, id } });

describe("those who manage a resource", () => {
  it("make, list, change, regenerate and revoke its links; the list tells no password", async () => {
    const made = await make({ name: "Press", password, maxUses: 5, allowDownload: false });
    expect(made).toMatchObject({ url: `${env.APP_URL}/share/${made.token}`, hasPassword: true, maxUses: 5 });
    const listed = await call(collectionLinks.GET, { params: { id: world.collection.id } });
    expect(JSON.stringify(listed.body)).not.toMatch(/correct horse|argon2/);
    expect(listed.body.items).toContainEqual(
      expect.objectContaining({
        id: made.id,
        url: made.url,
        useCount: 0,
        state: "open",
        lastAccessedAt: null,
      }),
    );
    const params = { id: made.id };
    const changed = await call(link.PATCH, { params, body: { name: "", password: null } });
    expect([changed.status, changed.body.name, changed.body.hasPassword]).toEqual([200, "", false]);
    const renewed = await call(regenerate.POST, { params });
    expect([renewed.status, renewed.body.token === made.token]).toEqual([200, false]);
    expect((await visit(shared.GET, at(made.token))).status).toBe(404);
    expect((await call(link.DELETE, { params })).status).toBe(204);
    expect((await call(link.DELETE, { params })).status).toBe(204);
    expect((await call(link.PATCH, { params, body: { name: "Late" } })).status).toBe(404);
    expect((await call(regenerate.POST, { params })).status).toBe(404);
    expect((await visit(shared.GET, at(renewed.body.token))).body).toMatchObject({ code: "link_revoked" });
    const log = await asOwner<{ action: string; metadata: object }>(
      "SELECT action, metadata FROM audit_events WHERE subject_id = $1 ORDER BY id",
      [made.id],
    );
    expect(log.map(({ action }) => action)).toEqual([
      "link.created",
      "link.changed",
      "link.regenerated",
      "link.revoked",
    ]);
    expect(log[1]!.metadata).toEqual({
      previous: { name: "Press", password: true },
      new: { name: "", password: false },
    });
  });

  it("make none of somebody else's document, nor with what is no role, password, end or cap", async () => {
    const other = await makeShared();
    const made = await call(documentLinks.POST, { params: { id: other.document.id }, body: {} });
    const missing = await call(documentLinks.POST, { params: { id: missingId() }, body: {} });
    expect([made.status, made.body.code]).toEqual([404, "not_found"]);
    expect({ ...made.body, requestId: "" }).toEqual({ ...missing.body, requestId: "" });
    for (const body of [
      { role: "editor" },
      { password: "short" },
      { expiresAt: "2020-01-01T00:00:00Z" },
      { maxUses: 0 },
    ])
      expect([
        body,
        (await call(collectionLinks.POST, { params: { id: world.collection.id }, body })).status,
      ]).toEqual([body, 422]);
  });
});

describe("a visitor", () => {
  it("of an open link reads by it, on one visit however they begin", async () => {
    const { token } = await make({ role: "commenter" });
    const first = await visit(shared.GET, at(token));
    expect(first.body).toMatchObject({
      needsPassword: false,
      role: "commenter",
      resource: { type: "collection", id: world.collection.id, name: "Letters" },
    });
    expect(await statuses({ ...at(token), cookie: first.cookie })).toEqual(served);
    const again = await visit(documents.GET, { ...at(token), cookie: first.cookie });
    expect(again.cookie).toBe("");
    expect(Object.keys(again.body.items[0])).not.toContain("owner");
    expect(again.headers.get("cache-control")).toBe("private, no-store");
  });

  it("of a locked link is told nothing before the password, on any route", async () => {
    const { token } = await make({ name: "Secret press", password });
    const told = await visit(shared.GET, at(token));
    expect([told.status, told.body, told.cookie]).toEqual([
      200,
      { needsPassword: true, needsName: false },
      "",
    ]);
    expect(await statuses(at(token))).toEqual(all(403));
    expect(await statuses(at(token, missingId()))).toEqual(all(403));
    const wrong = await visit(unlock.POST, { ...at(token), body: { password: "a wrong one" } });
    expect([wrong.status, wrong.cookie]).toEqual([403, ""]);
    const right = await visit(unlock.POST, { ...at(token), body: { password } });
    expect([right.status, right.text]).toEqual([204, ""]);
    expect(await statuses({ ...at(token), cookie: right.cookie })).toEqual(served);
    const open = await visit(shared.GET, { ...at(token), cookie: right.cookie });
    expect(open.body).toMatchObject({ needsPassword: false });
  });

  it("gets nothing by what is no token, whatever it looks like", async () => {
    for (const token of [
      "admin",
      "viewer",
      missingId(),
      "..",
      "%00",
      "' OR true --",
      "a".repeat(43),
      "ü".repeat(500),
    ]) {
      expect([token, await statuses(at(token))]).toEqual([token, all(404)]);
      expect((await visit(shared.GET, at(token))).status).toBe(404);
      expect((await visit(unlock.POST, { ...at(token), body: { password } })).status).toBe(404);
    }
  });

  it("gets nothing that the link does not open, nor what is in the trash; and the link can still be revoked", async () => {
    const { id, token } = await make();
    const { cookie } = await visit(shared.GET, at(token));
    const elsewhere = await makeShared();
    const trashed = await makeDocument(world.owner, world.collection.id);
    await trashDocument(world.owner, trashed.id);
    for (const hidden of [elsewhere.document.id, trashed.id, missingId()]) {
      const found = await statuses({ ...at(token, hidden), cookie });
      expect(found).toEqual({ ...all(404), documents: 200 });
    }
    expect((await call(link.DELETE, { params: { id } })).status).toBe(204);
    expect(await statuses({ ...at(token), cookie })).toEqual(all(410));
  });

  it("is refused on every route once the link has ended or its password is another", async () => {
    const { id, token } = await make({ password });
    const { cookie } = await visit(unlock.POST, { ...at(token), body: { password } });
    expect(await statuses({ ...at(token), cookie })).toEqual(served);
    await call(link.PATCH, { params: { id }, body: { password: "another password" } });
    expect(await statuses({ ...at(token), cookie })).toEqual(all(403));
    await asOwner("UPDATE public_links SET expires_at = now() WHERE id = $1", [id]);
    expect(await statuses({ ...at(token), cookie })).toEqual(all(410));
    expect((await visit(shared.GET, at(token))).body.code).toBe("link_expired");
  });

  it("who comes when all uses are used up is refused on every route, and whoever is in is not", async () => {
    const { token } = await make({ maxUses: 1 });
    const { cookie } = await visit(documents.GET, at(token));
    expect(await statuses(at(token))).toEqual(all(410));
    expect((await visit(shared.GET, at(token))).body).toMatchObject({ code: "link_expired", isUsedUp: true });
    expect(await statuses({ ...at(token), cookie })).toEqual(served);
  });

  it("of a link for looking alone is never given the file, neither to save nor to show", async () => {
    const { token } = await make({ allowDownload: false, watermark: false });
    expect(await statuses(at(token))).toEqual({ ...served, download: 403, contentUrl: 403 });
    const shown = await visit(contentUrl.GET, at(token));
    expect([shown.status, shown.body.code]).toEqual([403, "forbidden"]);
  });

  it("who guesses is one caller, whatever they say of where they come from", async () => {
    const { token } = await make({ password });
    const ip = anyAddress();
    const said: number[] = [];
    for (let guess = 0; guess < 12; guess++)
      said.push(
        (
          await visit(unlock.POST, {
            ...at(token),
            ...{ ip, body: { password: "a wrong one" }, headers: { "x-forwarded-for": anyAddress() } },
          })
        ).status,
      );
    expect(said).toEqual([...Array<number>(10).fill(403), 429, 429]);
    const refused = await visit(unlock.POST, { ...at(token), ip, body: { password } });
    expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
  });
});

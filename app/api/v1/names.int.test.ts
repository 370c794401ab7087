import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asOwner, makeDocument, makePerson, sha256 } from "#prisma/factories.ts";
import { createCollection } from "#lib/collections/index.ts";
import { createGroup } from "#lib/groups/index.ts";
import { foldedName } from "#lib/http/values.ts";
import { callerFor, type Handler } from "#lib/http/test-support.ts";
import { createLink, listLinks } from "#lib/links/index.ts";
import { createLinkSchema } from "#lib/links/schema.ts";
import * as collection from "./collections/[id]/route.ts";
import * as collections from "./collections/route.ts";
import * as document from "./documents/[id]/route.ts";
import * as documents from "./documents/route.ts";
import * as uploadUrl from "./documents/upload-url/route.ts";
import * as group from "./groups/[id]/route.ts";
import * as groupMembers from "./groups/[id]/members/route.ts";
import * as groups from "./groups/route.ts";
import * as role from "./roles/[id]/route.ts";
import * as roles from "./roles/route.ts";
import * as settings from "./settings/route.ts";
import * as subjects from "./subjects/route.ts";
import * as people from "./workspace/members/route.ts";
import * as workspace from "./workspace/route.ts";

const composed = "R\u00f6te \u00c4pfel";
const decomposed = composed.normalize("NFD");
/** One name in the forms in which keyboards, systems and pages write it. */
const forms = [
  composed,
  decomposed,
  "R\u00d6TE\u00a0A\u0308PFEL",
  "r\u00f6te\u3000\u2003\u00e4pfel",
  "Ro\u0308te  \u00c4pfel",
];
const permissions = ["view_documents"];

const world = async () => {
  const admin = await makePerson({ role: "admin", name: composed });
  const { id } = await createCollection(admin, { name: "Letters", description: "" });
  return { admin, id, call: await callerFor(admin) };
};

describe("a name is kept composed", () => {
  it("wherever people name something", async () => {
    const { id, call, admin } = await world();
    const { id: documentId } = await makeDocument(admin, id);
    const { id: groupId } = await createGroup(admin, { name: "Press", description: "" });
    const name = decomposed;
    const calls: [Handler, Record<string, string>, object][] = [
      [collections.POST, {}, { name }],
      [collection.PATCH, { id }, { version: 1, name }],
      [document.PATCH, { id: documentId }, { version: 1, name }],
      [groups.POST, {}, { name }],
      [roles.POST, {}, { name, permissions }],
      [workspace.PATCH, {}, { name }],
    ];
    for (const [handler, params, body] of calls)
      expect((await call(handler, { params, body })).body.name, handler.declaration.path).toBe(composed);
    expect((await call(settings.PATCH, { body: { name } })).body.profile.name).toBe(composed);
    expect(
      (await call(group.PATCH, { params: { id: groupId }, body: { name: `${name} 2` } })).body.name,
    ).toBe(`${composed} 2`);
    const file = {
      filename: `${name}.txt`,
      contentType: "text/plain",
      sizeBytes: 5,
      sha256: sha256(Buffer.from("bytes")),
    };
    const { body } = await call(uploadUrl.POST, { body: { collectionId: id, ...file } });
    expect(await asOwner("SELECT name FROM documents WHERE id = $1", [body.documentId])).toEqual([
      { name: `${composed}.txt` },
    ]);
    await createLink(admin, { type: "collection", id }, createLinkSchema.parse({ name }));
    expect((await listLinks(admin, { type: "collection", id })).items.map((link) => link.name)).toEqual([
      composed,
    ]);
  });

  it("which the database demands of each table that has names", async () => {
    // of the installation, and of what is said about a moment that has passed
    const others = ["tiers", "outbox"];
    const tables = await asOwner<{ table: string; isKept: boolean }>(
      `SELECT c.relname AS "table", EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'
                AND pg_get_constraintdef(k.oid) LIKE '%name IS NFC NORMALIZED%') AS "isKept"
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'name' AND a.atttypid = 'text'::regtype
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1`,
    );
    expect(tables.length).toBeGreaterThan(5);
    expect(tables.filter(({ table, isKept }) => !isKept && !others.includes(table))).toEqual([]);
    const [{ id }] = (await asOwner<{ id: string }>(
      "INSERT INTO workspaces (name) VALUES ('Plain') RETURNING id",
    )) as [{ id: string }];
    await expect(asOwner("UPDATE workspaces SET name = $2 WHERE id = $1", [id, decomposed])).rejects.toThrow(
      "workspaces_name_nfc",
    );
  });
});

describe("a name that is taken is taken in every form", () => {
  it.each([
    ["a group's", groups.POST, group.PATCH, {}],
    ["a role's", roles.POST, role.PATCH, { permissions }],
  ] as [string, Handler, Handler, object][])("%s", async (_, make, change, rest) => {
    const { call } = await world();
    expect((await call(make, { body: { name: forms[0], ...rest } })).status).toBe(201);
    for (const name of forms)
      expect(await call(make, { body: { name, ...rest } }), name).toMatchObject({ status: 409 });
    const other = await call(make, { body: { name: "Other", ...rest } });
    for (const name of forms)
      expect(await call(change, { params: { id: other.body.id }, body: { name } }), name).toMatchObject({
        status: 409,
      });
    // its own name in another form is no conflict
    expect(await call(change, { params: { id: other.body.id }, body: { name: "OTHER" } })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ["groups", groups.POST, {}],
    ["roles", roles.POST, { permissions }],
  ] as [string, Handler, object][])("by one of many %s at once", async (_, make, rest) => {
    for (let round = 0; round < 5; round++) {
      const { call } = await world();
      const made = await Promise.all(
        [...forms, ...forms].map((name) => call(make, { body: { name, ...rest } })),
      );
      expect(made.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(409)]);
    }
  });
});

it("a name is found in whatever form it is searched for", async () => {
  const { admin, id, call } = await world();
  const { id: documentId } = await makeDocument(admin, id, undefined, "r\u00f6te\u00a0\u00e4pfel.txt");
  const { id: groupId } = await createGroup(admin, { name: "r\u00f6te\u3000\u00e4pfel", description: "" });
  await call(groupMembers.POST, { params: { id: groupId }, body: { userIds: [admin.id] } });
  for (const form of forms) {
    const q = `q=${encodeURIComponent(form)}`;
    const idsOf = async (handler: Handler, query = "", params = {}) =>
      ((await call(handler, { query: `?${q}${query}`, params })).body.items as { id: string }[]).map(
        (item) => item.id,
      );
    expect(await idsOf(documents.GET), form).toEqual([documentId]);
    expect(await idsOf(documents.GET, `&collectionId=${id}`), form).toEqual([documentId]);
    expect(await idsOf(groups.GET), form).toEqual([groupId]);
    expect(await idsOf(people.GET), form).toEqual([admin.id]);
    expect(await idsOf(groupMembers.GET, "", { id: groupId }), form).toEqual([admin.id]);
    expect((await call(subjects.GET, { query: `?${q}` })).body).toMatchObject({
      people: [{ id: admin.id }],
      groups: [{ id: groupId }],
    });
  }
  await call(document.DELETE, { params: { id: documentId } });
  for (const form of forms) {
    const query = `?scope=trashed&q=${encodeURIComponent(form)}`;
    expect((await call(documents.GET, { query })).body.items, form).toMatchObject([{ id: documentId }]);
  }
});

it("the database compares names as the interface does, in every form of them", async () => {
  const unit = fc.constantFrom(
    ...[
      "a",
      "B",
      "\u00e4",
      "A\u0308",
      "\u0041\u030a",
      "\u00c5",
      "\uac00",
      "\u1100\u1161",
      "\u0439",
      "\u0418\u0306",
    ],
    ...[
      " ",
      "  ",
      "\u00a0",
      "\u3000",
      "\u2003",
      "\u202f",
      "\u1680",
      "\u205f",
      "\u0085",
      "\u01f0",
      "J\u030c",
      "\ud83d\ude00",
      "1",
    ],
  );
  const names = fc
    .sample(fc.array(unit, { minLength: 1, maxLength: 6 }), { seed: 9, numRuns: 500 })
    .map((units) => units.join(""));
  const rows = await asOwner<{ folded: string; ofComposed: string; ofDecomposed: string }>(
    `SELECT app.folded(n) AS folded, app.folded(normalize(n, NFC)) AS "ofComposed", app.folded(normalize(n, NFD)) AS "ofDecomposed"
       FROM unnest($1::text[]) WITH ORDINALITY u (n, place) ORDER BY place`,
    [names],
  );
  names.forEach((name, index) => {
    const folded = foldedName(name);
    expect(rows[index], JSON.stringify(name)).toEqual({ folded, ofComposed: folded, ofDecomposed: folded });
  });
});

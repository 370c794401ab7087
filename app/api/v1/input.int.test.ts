import { beforeAll, describe, expect, it } from "vitest";
import { makeDocument, makePerson, missingId } from "#prisma/factories.ts";
import { createCollection } from "#lib/collections/index.ts";
import { createGroup } from "#lib/groups/index.ts";
import { callerFor, type Handler } from "#lib/http/test-support.ts";
import * as access from "./collections/[id]/access/route.ts";
import * as explain from "./collections/[id]/access/explain/route.ts";
import * as collaborators from "./collections/[id]/collaborators/route.ts";
import * as collection from "./collections/[id]/route.ts";
import * as collections from "./collections/route.ts";
import * as document from "./documents/[id]/route.ts";
import * as documents from "./documents/route.ts";
import * as members from "./groups/[id]/members/route.ts";
import * as nestedOne from "./groups/[id]/nested/[childId]/route.ts";
import * as nested from "./groups/[id]/nested/route.ts";
import * as groups from "./groups/route.ts";
import * as roles from "./roles/route.ts";
import * as subjects from "./subjects/route.ts";
import * as people from "./workspace/members/route.ts";

const world = async () => {
  const admin = await makePerson({ role: "admin" });
  const { id } = await createCollection(admin, { name: "Letters", description: "" });
  const { id: documentId } = await makeDocument(admin, id);
  const group = await createGroup(admin, { name: "Press", description: "" });
  return { admin, id, documentId, groupId: group.id, call: await callerFor(admin) };
};
let known: Awaited<ReturnType<typeof world>>;
beforeAll(async () => {
  known = await world();
});
const refusal = (path: string, message: string) => ({
  status: 422,
  body: { code: "invalid_input", errors: [{ path, message }] },
});

describe("text that the database can't hold is refused where it stands", () => {
  const bad = { NUL: "a\0b", "half a surrogate pair": "a\ud800" };
  const permissions = ["view_documents"];
  const bodies: [string, (text: string) => [Handler, string, unknown]][] = [
    ["a collection's name", (text) => [collections.POST, "name", { name: text }]],
    ["its description", (text) => [collections.POST, "description", { name: "A", description: text }]],
    ["a changed name", (text) => [collection.PATCH, "name", { version: 1, name: text }]],
    ["a document's name", (text) => [document.PATCH, "name", { version: 1, name: text }]],
    ["a group's name", (text) => [groups.POST, "name", { name: text }]],
    ["its description", (text) => [groups.POST, "description", { name: "A", description: text }]],
    ["a role's", (text) => [roles.POST, "description", { name: "A", description: text, permissions }]],
    ["addresses", (text) => [members.POST, "emails.1", { emails: ["a@example.net", text] }]],
    ["an address", (text) => [collaborators.POST, "email", { email: text, role: "viewer" }]],
  ];
  const message = "This holds characters that can’t be stored.";

  it.each(bodies)("%s", async (_, input) => {
    for (const text of Object.values(bad)) {
      const [handler, path, body] = input(text);
      expect(await known.call(handler, { params: { id: known.id }, body })).toMatchObject(
        refusal(path, message),
      );
    }
  });

  it.each([
    ["groups", groups.GET, "q"],
    ["documents", documents.GET, "q"],
    ["people", people.GET, "q"],
    ["people and groups", subjects.GET, "q"],
    ["access", access.GET, "cursor"],
    ["collections", collections.GET, "cursor"],
  ] as [string, Handler, string][])("a query of %s", async (_, handler, name) => {
    expect(await known.call(handler, { params: { id: known.id }, query: `?${name}=a%00` })).toMatchObject(
      refusal(name, message),
    );
  });

  it("a path", async () => {
    expect(await known.call(collection.GET, { params: { id: "\0" } })).toMatchObject(refusal("id", message));
  });
});

it("refuses versions that no row can have", async () => {
  for (const version of [2_147_483_648, 9_007_199_254_740_991, -1])
    for (const [handler, id] of [
      [collection.PATCH, known.id],
      [document.PATCH, known.documentId],
    ] as const)
      expect(await known.call(handler, { params: { id }, body: { version, name: "New" } })).toMatchObject(
        refusal("version", "This number is not possible here."),
      );
  expect(
    await known.call(collection.PATCH, {
      params: { id: known.id },
      body: { version: 2_147_483_647, name: "New" },
    }),
  ).toMatchObject({ status: 409, body: { code: "conflict" } });
});

it("refuses moments that an offset leads out of the years there are", async () => {
  for (const expiresAt of [
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+01:00",
    "0000-06-01T00:00:00Z",
    "soon",
  ])
    expect(
      await known.call(collaborators.POST, {
        params: { id: known.id },
        body: { email: "end@example.net", role: "viewer", expiresAt },
      }),
    ).toMatchObject(refusal("expiresAt", "This is not a time."));
  expect(
    await known.call(collaborators.POST, {
      params: { id: known.id },
      body: { email: "end@example.net", role: "viewer", expiresAt: "9999-12-31T23:59:59Z" },
    }),
  ).toMatchObject({ status: 201 });
});

describe("an id", () => {
  it("is the same in any case of letters", async () => {
    const { admin, id, groupId, call } = known;
    const loud = (text: string) => text.toUpperCase();
    expect(
      await call(nested.POST, { params: { id: groupId }, body: { groupId: loud(groupId) } }),
    ).toMatchObject({
      status: 409,
      body: { path: [{ id: groupId }] },
    });
    expect(
      await call(nestedOne.DELETE, { params: { id: loud(groupId), childId: missingId() } }),
    ).toMatchObject({ status: 204 });
    const added = { changed: [admin.id], unchanged: [], refused: [] };
    expect(
      await call(members.POST, { params: { id: groupId }, body: { userIds: [loud(admin.id)] } }),
    ).toEqual({
      status: 200,
      body: added,
    });
    expect(
      await call(explain.GET, { params: { id: loud(id) }, query: `?userId=${loud(admin.id)}` }),
    ).toMatchObject({
      status: 200,
      body: { resource: { id }, person: { id: admin.id, isYou: true } },
    });
  });
});

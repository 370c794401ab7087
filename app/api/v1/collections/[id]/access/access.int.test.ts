import { expect, it } from "vitest";
import { makeDocument, makePerson, missingId } from "#prisma/factories.ts";
import { createCollection } from "#lib/collections/index.ts";
import { callerFor, type Handler } from "#lib/http/test-support.ts";
import { makeGroup } from "#lib/sharing/test-support.ts";
import * as documentMode from "../../../documents/[id]/access-mode/route.ts";
import * as documentAccess from "../../../documents/[id]/access/route.ts";
import * as documentExplain from "../../../documents/[id]/access/explain/route.ts";
import * as documentSimulate from "../../../documents/[id]/access/simulate/route.ts";
import * as documentGrant from "../../../documents/[id]/collaborators/[collaboratorId]/route.ts";
import * as documentGrants from "../../../documents/[id]/collaborators/route.ts";
import * as role from "../../../roles/[id]/route.ts";
import * as roles from "../../../roles/route.ts";
import * as collectionGrant from "../collaborators/[collaboratorId]/route.ts";
import * as collectionGrants from "../collaborators/route.ts";
import * as visibility from "../visibility/route.ts";
import * as collectionExplain from "./explain/route.ts";
import * as collectionAccess from "./route.ts";
import * as collectionSimulate from "./simulate/route.ts";

async function world() {
  const owner = await makePerson({ role: "admin" });
  const reader = await makePerson({ workspaceId: owner.workspaceId });
  const { id } = await createCollection(owner, { name: "Letters", description: "" });
  const document = await makeDocument(owner, id);
  return { owner, reader, id, documentId: document.id, call: await callerFor(owner) };
}

it("shares collections and documents from the first grant to the last", async () => {
  const { owner, reader, id, documentId, call } = await world();
  const groupId = await makeGroup(owner.workspaceId, { people: [reader] });
  const made = await call(roles.POST, {
    body: { name: "Reviewer", permissions: ["view_documents", "add_comments"] },
  });
  expect(made.status).toBe(201);
  for (const [place, grants, one, access, explain, simulate] of [
    [id, collectionGrants, collectionGrant, collectionAccess, collectionExplain, collectionSimulate],
    [documentId, documentGrants, documentGrant, documentAccess, documentExplain, documentSimulate],
  ] as const) {
    const params = { id: place };
    const given = await call(grants.POST, { params, body: { groupId, roleId: made.body.id } });
    expect(given).toMatchObject({
      status: 201,
      body: { email: null, groupId, role: "Reviewer", roleId: made.body.id },
    });
    const invited = await call(grants.POST, { params, body: { email: reader.email, role: "viewer" } });
    expect(invited).toMatchObject({
      status: 201,
      body: { email: reader.email, groupId: null, role: "viewer", expiresAt: null },
    });
    const collaboratorId = given.body.id as string;
    const changed = await call(one.PATCH, {
      params: { id: place, collaboratorId },
      body: { role: "editor" },
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { role: "editor", subjectType: "group", group: { memberCount: 1 } },
    });
    const listed = (await call(grants.GET, { params })).body.items as { id: string }[];
    expect(listed.map((item) => item.id)).toEqual(expect.arrayContaining([given.body.id, invited.body.id]));
    expect((await call(access.GET, { params })).body.items).toHaveLength(2);
    const why = await call(explain.GET, { params, query: `?userId=${reader.id}` });
    expect(why).toMatchObject({ status: 200, body: { role: "editor", person: { id: reader.id } } });
    const gone = await call(simulate.POST, { params, body: { grantId: collaboratorId } });
    // on the document the collection's grant to the group gives the same
    const lost = place === id ? [{ person: { id: reader.id }, kept: ["view_documents"] }] : [];
    expect(gone.body.people).toMatchObject(lost);
    expect((await call(simulate.POST, { params, body: { groupId, userId: reader.id } })).status).toBe(200);
    // the document keeps what its collection gives
    if (place === documentId)
      for (const item of [given, invited])
        expect((await call(one.DELETE, { params: { id: place, collaboratorId: item.body.id } })).status).toBe(
          204,
        );
  }
  expect(
    await call(role.PATCH, { params: { id: made.body.id }, body: { description: "Reads" } }),
  ).toMatchObject({ status: 200 });
  expect(await call(role.DELETE, { params: { id: made.body.id } })).toEqual({
    status: 200,
    body: { moved: 0 },
  });
  expect((await call(roles.GET)).body.items).toHaveLength(4);
  expect(await call(visibility.PUT, { params: { id }, body: { visibility: "workspace" } })).toEqual({
    status: 200,
    body: { visibility: "workspace", isProtected: false },
  });
  expect(await call(documentMode.PUT, { params: { id: documentId }, body: { mode: "invite" } })).toEqual({
    status: 200,
    body: { mode: "invite" },
  });
});

it("refuses what is no grant: two subjects, none, two roles, none, unknown roles, ends that are past", async () => {
  const { reader, id, call } = await world();
  const subject = { email: reader.email };
  for (const body of [
    { role: "viewer" },
    { ...subject, groupId: missingId(), role: "viewer" },
    { ...subject },
    { ...subject, role: "viewer", roleId: missingId() },
    { ...subject, role: "king" },
    { ...subject, role: "viewer", expiresAt: "2020-01-01T00:00:00Z" },
  ]) {
    expect(await call(collectionGrants.POST, { params: { id }, body })).toMatchObject({
      status: 422,
      body: { code: "invalid_input" },
    });
  }
  expect(
    await call(collectionSimulate.POST, {
      params: { id },
      body: { grantId: missingId(), userId: missingId() },
    }),
  ).toMatchObject({ status: 422 });
  expect(
    await call(collectionGrants.POST, { params: { id }, body: { ...subject, roleId: missingId() } }),
  ).toMatchObject({ status: 404 });
});

it("says what is wrong with a question about access", async () => {
  const { reader, id, call } = await world();
  const query = `?userId=${reader.id}&email=${encodeURIComponent(reader.email)}`;
  expect(await call(collectionExplain.GET, { params: { id }, query })).toMatchObject({
    status: 422,
    body: { errors: [{ path: "email", message: "Name a person either by their id or by their address." }] },
  });
  expect(
    await call(collectionSimulate.POST, { params: { id }, body: { grantId: missingId() } }),
  ).toMatchObject({ status: 404, body: { detail: "This access is not there (any more)." } });
});

it("says the same of what is hidden and what is missing", async () => {
  const { id, documentId } = await world();
  const call = await callerFor(await makePerson());
  const bodies = {
    POST: { email: "somebody@example.org", role: "viewer" },
    PATCH: { role: "viewer" },
    simulate: { grantId: missingId() },
  };
  const without = ({ status, body: { requestId: _, ...body } }: Awaited<ReturnType<typeof call>>) => ({
    status,
    body,
  });
  const collaboratorId = missingId();
  const cases: [Handler, string, unknown][] = [
    [collectionGrants.GET, id, undefined],
    [collectionGrants.POST, id, bodies.POST],
    [collectionGrant.PATCH, id, bodies.PATCH],
    [collectionGrant.DELETE, id, undefined],
    [collectionAccess.GET, id, undefined],
    [collectionExplain.GET, id, undefined],
    [collectionSimulate.POST, id, bodies.simulate],
    [visibility.PUT, id, { visibility: "public" }],
    [documentGrants.GET, documentId, undefined],
    [documentGrants.POST, documentId, bodies.POST],
    [documentGrant.PATCH, documentId, bodies.PATCH],
    [documentGrant.DELETE, documentId, undefined],
    [documentAccess.GET, documentId, undefined],
    [documentExplain.GET, documentId, undefined],
    [documentSimulate.POST, documentId, bodies.simulate],
    [documentMode.PUT, documentId, { mode: "link" }],
  ];
  for (const [handler, place, body] of cases) {
    const hidden = without(await call(handler, { params: { id: place, collaboratorId }, body }));
    const missing = without(await call(handler, { params: { id: missingId(), collaboratorId }, body }));
    expect(hidden).toEqual(missing);
    expect(hidden.status).toBe(place === id ? 403 : 404);
  }
});
